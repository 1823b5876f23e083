// To be loaded into every Node.js process of a `pulumi` command, by NODE_OPTIONS; of interest to two of them: the
// program's and the dynamic providers'. They start in half the time, share Node's compile cache (NODE_COMPILE_CACHE),
// and the second stays small. Every other process is left as it is. See "Start-up" in docs/performance.md.
const { existsSync, readFileSync } = require("node:fs");
const { flushCompileCache } = require("node:module");
const { dirname, join } = require("node:path");
const { setFlagsFromString } = require("node:v8");

// Either is started by its path, or by a line of code that requires it.
const started = [process.argv[1], ...process.execArgv].join(" ");
const host = /@pulumi[\\/]pulumi[\\/]cmd[\\/](run|dynamic-provider)\b(?!-)/.exec(started)?.[1];

if (host !== undefined) {
  // Pulumi's SDK turns this flag on while it loads. V8 refuses cached code that was made under other flags, so two thirds
  // of the modules were compiled anew in each run, and the two processes overwrote each other's cache (SDK 3.270.0).
  setFlagsFromString("--allow-natives-syntax");
  require("./lazy-sdk.cjs");
}
if (host === "run" && isCompiled(process.cwd())) delete process.env.PULUMI_NODEJS_TYPESCRIPT;
if (host === "dynamic-provider") {
  staySmall();
  keepCompiled();
}

/**
 * Whether the project says `typescript: false`. The CLI tells so in a message that language hosts up to 3.50 do not
 * read, so that they have every program loaded by ts-node.
 */
function isCompiled(folder) {
  const project = join(folder, "Pulumi.yaml");
  if (existsSync(project)) return /^\s*typescript:\s*false\b/m.test(readFileSync(project, "utf8"));
  return dirname(folder) !== folder && isCompiled(dirname(folder));
}

/**
 * The young heap stays at a megabyte, and the old one is swept when it has grown by a fifth. Left alone the young one
 * grows to 48 MB while hundreds of resources pass through, though each leaves next to nothing, and the old one doubles
 * before it is looked at: 280 MB with 200 models, 173 to 185 with the first flag, 157 to 162 with both, and no slower
 * (Node.js 24.21.0).
 */
function staySmall() {
  setFlagsFromString("--semi-space-growth-factor=1");
  setFlagsFromString("--heap-growing-percent=20");
}

/**
 * Node writes the compile cache when a process ends by itself, but the engine kills the providers' process. So it is
 * written once the SDK is loaded, and again when the modules of the providers are; where nothing is new, that takes 0.5 ms.
 */
function keepCompiled() {
  for (const pause of [400, 2_000]) setTimeout(() => flushCompileCache?.(), pause).unref();
}
