// Preload for NODE_OPTIONS. Speeds up Pulumi's program and provider hosts; does nothing in other processes.
//
// It turns on Node.js's compile cache, and has Pulumi's SDK load three modules when it uses them: TypeScript, npm's
// arborist and normalize-package-data, which only serve to serialize functions. Written for @pulumi/pulumi 3, tested with
// 3.270.0. When the SDK changes, nothing breaks: what is not where it was is loaded as without this file.
const { createRequire, enableCompileCache, flushCompileCache } = require("node:module");
const { join } = require("node:path");
const { setFlagsFromString } = require("node:v8");
const HOST = /@pulumi[\\/]pulumi[\\/]cmd[\\/](run|dynamic-provider)\b(?!-)/;
// A host is started by its path, or by a launcher's line of code.
const path = HOST.test(process.argv[1]) ? process.argv[1] : undefined;
const [, host] = HOST.exec(path ?? process.execArgv.join(" ")) ?? [];
if (host !== undefined) {
  // The SDK sets this flag while it loads, and V8 refuses code that was compiled under other flags.
  setFlagsFromString("--allow-natives-syntax");
  const cache = process.env.OLLAMA_CHAT_COMPILE_CACHE || join(__dirname, "node_modules/.cache/pulumi-ollama-chat");
  enableCompileCache?.(join(cache, host));
  // The engine kills the providers' host before Node.js could write the cache.
  setInterval(() => flushCompileCache?.(), 300).unref();
  const shim = loadLate("@pulumi/pulumi/typescript-shim", path ?? join(process.cwd(), "program.js"));
  for (const name of ["@npmcli/arborist", "normalize-package-data"]) if (shim) loadLate(name, shim);
}

/** Puts a stand-in for a module where Node.js keeps what is loaded; answers its place. */
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
  // The SDK's compiled import would copy the members of arborist, and so load it, unless it is told of an ES module.
  const get = (_, key) => (key === "__esModule" ? name === "@npmcli/arborist" : real()[key]);
  const late = new Proxy(() => {}, { get, apply: (_, self, args) => Reflect.apply(real(), self, args) });
  const asked = () => {
    // One module of the SDK asks for a package, and is the first: whoever comes after it gets the package itself.
    if (!name.startsWith("@pulumi/")) delete require.cache[place];
    return late;
  };
  const entry = { id: place, filename: place, loaded: true };
  return Object.defineProperty(entry, "exports", { get: asked });
}
