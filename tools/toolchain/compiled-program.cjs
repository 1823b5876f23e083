// Preload of the toolchain for NODE_OPTIONS. Lets Pulumi load a compiled program as it is; does nothing in other processes.
//
// The CLI (3.276) tells the project's `typescript: false` in a message that the language host (3.50) does not read, so it
// sets this variable for every program, which then goes through ts-node. No newer host can be had as a Go module, and a
// CLI that still told it by a flag is years older than the one that users have. Here the variable is taken back.
const { existsSync, readFileSync } = require("node:fs");
const { dirname, join } = require("node:path");

const VARIABLE = "PULUMI_NODEJS_TYPESCRIPT";
const NAMES = ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"];

if (process.env[VARIABLE] !== undefined && isCompiled(process.cwd())) delete process.env[VARIABLE];

/** What the project says that a folder belongs to. JSON is YAML, too. */
function isCompiled(folder) {
  const project = NAMES.map((name) => join(folder, name)).find(existsSync);
  if (project === undefined) return dirname(folder) !== folder && isCompiled(dirname(folder));
  const { parse } = require("yaml");
  return parse(readFileSync(project, "utf8"))?.runtime?.options?.typescript === false;
}
