// Preload for NODE_OPTIONS. Speeds up Pulumi's program and provider hosts; does nothing in other processes.
//
// It enables Node.js's compile cache and makes Pulumi's SDK load three modules on first use: TypeScript, npm's arborist
// and normalize-package-data, which the SDK needs only to serialize functions. Written for @pulumi/pulumi 3, tested with
// 3.270.0. If a later SDK moves one of them, nothing breaks: that module loads as usual.
const { createRequire, enableCompileCache, flushCompileCache } = require("node:module");
const { join } = require("node:path");
const { setFlagsFromString } = require("node:v8");
const HOST = /@pulumi[\\/]pulumi[\\/]cmd[\\/](run|dynamic-provider)\b(?!-)/;
// The engine starts a host by its path, or through `node -e`.
const path = HOST.test(process.argv[1]) ? process.argv[1] : undefined;
const [, host] = HOST.exec(path ?? process.execArgv.join(" ")) ?? [];
if (host !== undefined) {
  // The SDK sets this flag while it loads. V8 rejects cached code that was compiled under other flags.
  setFlagsFromString("--allow-natives-syntax");
  const cache = process.env.OLLAMA_CHAT_COMPILE_CACHE || join(__dirname, "node_modules/.cache/pulumi-ollama-chat");
  enableCompileCache?.(join(cache, host));
  // Node.js writes the cache at exit, but the engine kills the provider host before that.
  setInterval(() => flushCompileCache?.(), 300).unref();
  const shim = loadLate("@pulumi/pulumi/typescript-shim", path ?? join(process.cwd(), "program.js"));
  for (const name of ["@npmcli/arborist", "normalize-package-data"]) if (shim) loadLate(name, shim);
}

/** Puts a stand-in for a module into `require.cache`. Returns the module's path. */
function loadLate(name, from) {
  try {
    const place = createRequire(from).resolve(name);
    require.cache[place] = standIn(place, name);
    return place;
  } catch {
    return undefined;
  }
}

function standIn(place, name) {
  const real = () => {
    if (require.cache[place] === entry) delete require.cache[place];
    return require(place);
  };
  // TypeScript's import helper copies every member of a CommonJS module, which would load arborist at once.
  const get = (_, key) => (key === "__esModule" ? name === "@npmcli/arborist" : real()[key]);
  const late = new Proxy(() => {}, { get, apply: (_, self, args) => Reflect.apply(real(), self, args) });
  const asked = () => {
    // For the two packages, the first `require` is the SDK's. Later callers get the real package.
    if (!name.startsWith("@pulumi/")) delete require.cache[place];
    return late;
  };
  const entry = { id: place, filename: place, loaded: true };
  return Object.defineProperty(entry, "exports", { get: asked });
}
