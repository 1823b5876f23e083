// Loaded into every Node.js process of the toolchain by NODE_OPTIONS; of interest to the Pulumi program's alone. The CLI
// tells the project's `typescript: false` in a message that the toolchain's language host (3.50) does not read, so that it
// would have every program loaded by ts-node. Its variable is taken back where the project says so.
const { existsSync, readFileSync } = require("node:fs");
const { dirname, join } = require("node:path");

const VARIABLE = "PULUMI_NODEJS_TYPESCRIPT";
const NAMES = ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"];

if (process.env[VARIABLE] !== undefined && isCompiled(process.cwd())) delete process.env[VARIABLE];

/** What the project says that a folder belongs to. */
function isCompiled(folder) {
  const project = NAMES.map((name) => join(folder, name)).find(existsSync);
  if (project === undefined) return dirname(folder) !== folder && isCompiled(dirname(folder));
  const text = readFileSync(project, "utf8");
  if (project.endsWith(".json")) return JSON.parse(text).runtime?.options?.typescript === false;
  const [runtime = ""] = /^runtime:[^\n]*\n(?:(?:[ \t][^\n]*)?\n)*/m.exec(`${text}\n`) ?? [];
  return /^\s+typescript:\s*false\b/m.test(runtime);
}
