// What few programs use is loaded when it is used, and not when it is required. Of Pulumi's SDK: the Automation API; what
// the serialisation of functions uses, since the dynamic providers of this package are stored as a line of text (a
// TypeScript program has TypeScript read its tsconfig.json); what sends the spans of OpenTelemetry; and the source maps of
// the SDK itself, whose sources it does not come with. Of zod, its messages in sixty languages, half of what it loads.
// The SDK loaded TypeScript that late itself for a while (pulumi/pulumi#10185).
const { realpathSync } = require("node:fs");
const { createRequire } = require("node:module");
const { dirname, join } = require("node:path");

/**
 * Puts what stands for those modules where Node.js keeps the modules that are loaded, each under its own path: the
 * serialisation looks there for the name of a module that a function holds. What a release of the SDK does not have, or
 * has elsewhere, is left alone.
 *
 * @param sdk folder of the SDK that this process runs.
 */
exports.loadLate = (sdk) => {
  const inSdk = (file, name) => placeOf(join(sdk, file), name);
  for (const { place, ...kind } of [
    { place: inSdk("index.js", "./automation"), esModule: true },
    { place: inSdk("runtime/closure/parseFunction.js", "../../typescript-shim"), esModule: false },
    { place: inSdk("runtime/closure/codePaths.js", "@npmcli/arborist"), esModule: true, isFunction: true },
    { place: inSdk("runtime/closure/codePaths.js", "normalize-package-data"), esModule: false, isFunction: true },
    { place: join(dirname(require.resolve("zod")), "v4", "locales", "index.cjs"), esModule: true },
  ]) {
    if (place !== undefined) put(place, whenAsked(realOf(place), kind));
  }
  for (const { place, standIn } of [
    { place: inSdk("runtime/closure/v8.js", "./v8Hooks"), standIn: "v8-hooks.cjs" },
    { place: inSdk("cmd/run/run.js", "./tracing"), standIn: "tracing.cjs" },
  ]) {
    if (place !== undefined) put(place, require(`./stand-ins/${standIn}`)(realOf(place), place));
  }
  const sourceMaps = inSdk("cmd/run/run.js", "source-map-support");
  if (sourceMaps !== undefined) require("./source-maps.cjs").install(sourceMaps);
};

let isSdkLoading = true;

/** To be called once the SDK is loaded: whoever requires one of those modules from then on is told the truth of it. */
exports.sdkIsLoaded = () => {
  isSdkLoading = false;
};

/** The SDK's module that this file of it requires by this name, where it is loaded. */
exports.loadedIn = (sdk, file, name) => require.cache[placeOf(join(sdk, file), name)]?.exports;

/** Where the module is that this file requires by this name. */
function placeOf(file, name) {
  try {
    return createRequire(realpathSync(file)).resolve(name);
  } catch {
    return undefined;
  }
}

function put(place, exports) {
  require.cache[place] = {
    id: place,
    filename: place,
    path: dirname(place),
    exports,
    loaded: true,
    children: [],
    paths: [],
  };
}

/** Loads the module itself, once, and leaves in its place what stands there. */
function realOf(place) {
  let real;
  return () => {
    if (real !== undefined) return real;
    const standing = require.cache[place];
    delete require.cache[place];
    try {
      real = require(place);
    } finally {
      require.cache[place] = standing;
    }
    return real;
  };
}

/**
 * Stands for a module, and loads it when something of it is asked for. `esModule` is what the SDK's compiled imports are
 * told of it: whether to take it as it is, or to copy its members, which would load it. They find its default in it.
 */
function whenAsked(real, { esModule, isFunction = false }) {
  return new Proxy(isFunction ? function late() {} : {}, {
    get: (_, key) => {
      if (key === "__esModule" && isSdkLoading) return esModule;
      return esModule && key === "default" && !(key in real()) ? real() : real()[key];
    },
    apply: (_, self, args) => Reflect.apply(real(), self, args),
    construct: (_, args, target) => Reflect.construct(real(), args, target),
    getPrototypeOf: () => Reflect.getPrototypeOf(real()),
    set: (_, key, value) => Reflect.set(real(), key, value),
    has: (_, key) => key in real(),
    defineProperty: (_, key, descriptor) => Reflect.defineProperty(real(), key, descriptor),
    deleteProperty: (_, key) => Reflect.deleteProperty(real(), key),
    ownKeys: (target) => [...new Set([...Reflect.ownKeys(real()), ...fixed(target)])],
    getOwnPropertyDescriptor: (target, key) => {
      const found = Reflect.getOwnPropertyDescriptor(real(), key);
      if (fixed(target).includes(key)) return Reflect.getOwnPropertyDescriptor(target, key);
      return found && { ...found, configurable: true };
    },
  });
}

/** Members that a function cannot be without. */
function fixed(target) {
  return Reflect.ownKeys(target).filter((key) => !Reflect.getOwnPropertyDescriptor(target, key).configurable);
}
