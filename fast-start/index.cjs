// To be loaded into every Node.js process of a `pulumi` command, by NODE_OPTIONS; of interest to two of them: the
// program's and the dynamic providers'. They start in half of the time, and the second stays small. Every other
// process is left as it is. See "Start-up" in docs/performance.md.
const { createRequire, enableCompileCache, flushCompileCache } = require("node:module");
const { join } = require("node:path");
const { setFlagsFromString } = require("node:v8");

const HOST = /^(.*@pulumi[\\/]pulumi)[\\/]cmd[\\/](run|dynamic-provider)\b(?!-)/;
const [, sdk, host] = HOST.exec(startedBy() ?? "") ?? [];

if (host !== undefined) {
  loadBuiltIns();
  if (host === "dynamic-provider") staySmall();
  keepCompiled(host);
  const late = require("./late-modules.cjs");
  late.loadLate(sdk);
  // The host has loaded the SDK by then, and has not run the program yet.
  process.nextTick(() => {
    late.sdkIsLoaded();
    require("./bare-promises.cjs").takeNoTraces(late.loadedIn(sdk, "index.js", "./runtime/debuggable"));
  });
}

/** Path of what this process runs. A host is started by its path, or by a line of code that looks for it and runs it. */
function startedBy() {
  const line = /require\.resolve\(["'](@pulumi\/pulumi\/cmd\/[a-z-]+)["']\).*\bprocess\.argv\.splice\(/.exec(
    process.execArgv.join(" "),
  );
  if (line === null) return process.argv[1];
  try {
    return createRequire(join(process.cwd(), "program.js")).resolve(line[1]);
  } catch {
    return undefined;
  }
}

/**
 * Node.js carries compiled code of its own modules, which V8 refuses as soon as a flag is set. So those that the SDK and
 * this package use are loaded before: 24 ms instead of 54 (Node.js 24.21.0).
 */
function loadBuiltIns() {
  const ofTheSdk = ["assert", "crypto", "dns", "fs/promises", "http2", "os", "process", "worker_threads", "zlib"];
  for (const name of [...ofTheSdk, "https", "perf_hooks", "timers/promises", "tty"]) require(`node:${name}`);
}

/**
 * The young heap stays at the few megabytes that it has. Left alone it grows to 48 and more while hundreds of resources
 * pass through, though each leaves next to nothing: 165 MiB with 200 models, 135 with this, in the same time (Node.js
 * 24.21.0). To have the old heap swept more often saves 27 more, and takes a fifteenth of a refresh.
 */
function staySmall() {
  setFlagsFromString("--semi-space-growth-factor=1");
}

/**
 * Keeps what V8 compiled for the next run. V8 refuses code that was compiled under other flags, and Node names the folder
 * after the flags that are set when the cache is turned on. So it is turned on after them, and each of the two has a
 * folder of its own: in one they would write each other's modules anew in every second run. The SDK itself turns a flag
 * on while it loads, so that is on from the start (SDK 3.270.0).
 *
 * Node writes the cache when a process ends by itself, but the engine kills the providers' process. So that is written
 * once the SDK is loaded, and again when the modules of the providers are; where nothing is new, that takes 2 ms.
 */
function keepCompiled(host) {
  setFlagsFromString("--allow-natives-syntax");
  const ours = join(__dirname, "..", "node_modules", ".cache", "pulumi-ollama-chat");
  enableCompileCache?.(process.env.OLLAMA_CHAT_COMPILE_CACHE || ours);
  if (host !== "dynamic-provider") return;
  for (const pause of [400, 2_000]) setTimeout(() => flushCompileCache?.(), pause).unref();
}
