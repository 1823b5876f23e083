// What few programs use is loaded when it is used, and not when it is required. Of Pulumi's SDK: the Automation API; what
// the serialisation of functions uses, since the dynamic providers of this package are stored as a line of text (a
// TypeScript program has TypeScript read its tsconfig.json); what sends the spans of OpenTelemetry; and the source maps of
// the SDK itself, whose sources it does not come with. Of zod, its messages in sixty languages, half of what it loads.
// The SDK loaded TypeScript that late itself for a while (pulumi/pulumi#10185).
const { registerHooks } = require("node:module");
const { dirname, join } = require("node:path");
const { fileURLToPath, pathToFileURL } = require("node:url");

const SDK = /\/@pulumi\/pulumi\//;
const ZOD = /\/zod\/v4\//;

/**
 * Modules that are loaded when something of them is asked for: by whose modules they are required, and how. `esModule` is
 * what compiled imports are told of one: whether to take it as it is, or to copy its members, which would load it.
 */
const LATE = [
  { by: SDK, required: /^\.\/automation$/, esModule: true },
  { by: SDK, required: /^semver$/, esModule: true },
  { by: SDK, required: /(^|\/)typescript-shim$/, esModule: false },
  { by: SDK, required: /^@npmcli\/arborist$/, esModule: true },
  { by: ZOD, required: /^\.\.\/locales\/index\.cjs$/, esModule: true },
];

/** Modules for which a file of ours does less until more is asked. */
const STAND_INS = [
  { by: SDK, required: /(^|\/)closure\/v8Hooks$|^\.\/v8Hooks$/, file: "v8-hooks.cjs" },
  { by: SDK, required: /^normalize-package-data$/, file: "normalize-package-data.cjs" },
  { by: SDK, required: /^\.\/tracing$/, file: "tracing.cjs" },
  { by: SDK, required: /^source-map-support\/register$/, file: "source-map-support.cjs" },
];

/** Where the real modules are, by the stand-in's file. */
const places = new Map();

// Not there before Node.js 22.15: then all is loaded at once, as ever.
registerHooks?.({
  resolve(specifier, context, next) {
    const isMeant = ({ by, required }) => required.test(specifier) && by.test(context.parentURL ?? "");
    const late = LATE.find(isMeant);
    const standIn = late === undefined ? STAND_INS.find(isMeant) : undefined;
    if (late === undefined && standIn === undefined) return next(specifier, context);
    const resolved = next(specifier, context);
    const place = fileURLToPath(resolved.url);
    if (late !== undefined) {
      require.cache[place] ??= loadedLate(place, late);
      return resolved;
    }
    // Of two copies of a package in one process the second has its own modules at once.
    if ((places.get(standIn.file) ?? place) !== place) return resolved;
    places.set(standIn.file, place);
    return {
      url: pathToFileURL(join(__dirname, "stand-ins", standIn.file)).href,
      format: "commonjs",
      shortCircuit: true,
    };
  },
});

/** Path of the module that a stand-in's file stands for. */
exports.placeOf = (file) => places.get(file);

/**
 * What Node.js keeps as a module that is loaded. It stands under the module's own path, where the serialisation looks for
 * the name of a module that a function holds.
 */
function loadedLate(place, { esModule }) {
  let loaded;
  const real = () => {
    loaded ??= loadedAside(place);
    return loaded;
  };
  const exports = new Proxy(
    {},
    {
      get: (_, key) => {
        if (key === "__esModule") return esModule;
        return esModule && key === "default" ? real() : real()[key];
      },
      set: (_, key, value) => Reflect.set(real(), key, value),
      has: (_, key) => key in real(),
      deleteProperty: (_, key) => Reflect.deleteProperty(real(), key),
      ownKeys: () => Reflect.ownKeys(real()),
      getOwnPropertyDescriptor: (_, key) => {
        const found = Reflect.getOwnPropertyDescriptor(real(), key);
        return found && { ...found, configurable: true };
      },
    },
  );
  return { id: place, filename: place, path: dirname(place), exports, loaded: true, children: [], paths: [] };
}

/** Loads a module, and leaves in its place what stands there. */
function loadedAside(place) {
  const standing = require.cache[place];
  delete require.cache[place];
  try {
    return require(place);
  } finally {
    require.cache[place] = standing;
  }
}
