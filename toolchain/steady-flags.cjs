// Loaded into every Node.js process of the toolchain by NODE_OPTIONS; of interest to two of them: the Pulumi program's
// and the dynamic providers'. It makes Node's compile cache (NODE_COMPILE_CACHE) work for both, and keeps the second small.
const { flushCompileCache } = require("node:module");
const { setFlagsFromString } = require("node:v8");

// Either is started by its path, or by a line of code that requires it.
const started = [process.argv[1], ...process.execArgv].join(" ");
const host = /@pulumi[\\/]pulumi[\\/]cmd[\\/](run|dynamic-provider)\b(?!-)/.exec(started)?.[1];

// Pulumi's SDK turns this flag on while it loads. V8 refuses cached code that was made under other flags, so two thirds
// of the modules were compiled anew in each run, and the two processes overwrote each other's cache (SDK 3.270.0).
if (host !== undefined) setFlagsFromString("--allow-natives-syntax");

// Its young heap stays at a megabyte, and its old one is swept when it has grown by a fifth. Left alone the young one
// grows to 48 MB while hundreds of resources pass through, though each leaves next to nothing, and the old one doubles
// before it is looked at: 280 MB with 200 models, 173 to 185 with the first flag, 157 to 162 with both, and no slower
// (Node.js 24.21.0).
if (host === "dynamic-provider") {
  setFlagsFromString("--semi-space-growth-factor=1");
  setFlagsFromString("--heap-growing-percent=20");
}

// Node writes the cache when a process ends by itself, but the engine kills the providers' process. So it is written
// once the SDK is loaded, and again when the modules of the providers are; where nothing is new, that takes 0.5 ms.
const WRITE_AFTER_MILLISECONDS = [400, 2_000];
if (host === "dynamic-provider") {
  for (const pause of WRITE_AFTER_MILLISECONDS) setTimeout(() => flushCompileCache?.(), pause).unref();
}
