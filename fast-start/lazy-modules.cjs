// What few programs use is loaded when it is used, and not when it is required. Of Pulumi's SDK, what the serialisation
// of functions uses: the dynamic providers of this package are stored as a line of text, so nothing of theirs is
// serialised. (A TypeScript program has TypeScript read its tsconfig.json.) What sends the spans of OpenTelemetry. And the
// source maps of the SDK itself, whose sources it does not come with. The Automation API is not among them: a function
// that is serialised may hold it, and the serialisation tells modules by what they are. The SDK loaded TypeScript that
// late itself for a while (pulumi/pulumi#10185). Of zod, its messages in sixty languages, half of what it loads.
const { registerHooks } = require("node:module");
const { join } = require("node:path");
const { fileURLToPath, pathToFileURL } = require("node:url");

const SDK = /\/@pulumi\/pulumi\//;
const ZOD = /\/zod\/v4\//;

/** Whose modules require them, as they write it, and what stands for each. */
const STAND_INS = [
  { by: SDK, required: /(^|\/)typescript-shim$/, file: "typescript-shim.cjs" },
  { by: SDK, required: /(^|\/)closure\/v8Hooks$|^\.\/v8Hooks$/, file: "v8-hooks.cjs" },
  { by: SDK, required: /^@npmcli\/arborist$/, file: "arborist.cjs" },
  { by: SDK, required: /^normalize-package-data$/, file: "normalize-package-data.cjs" },
  { by: SDK, required: /^\.\/tracing$/, file: "tracing.cjs" },
  { by: SDK, required: /^source-map-support\/register$/, file: "source-map-support.cjs" },
  { by: ZOD, required: /^\.\.\/locales\/index\.cjs$/, file: "zod-locales.cjs" },
];

/** Where the real modules are, by the stand-in's file. */
const places = new Map();

// Not there before Node.js 22.15: then all is loaded at once, as ever.
registerHooks?.({
  resolve(specifier, context, next) {
    const found = STAND_INS.find(({ by, required }) => required.test(specifier) && by.test(context.parentURL ?? ""));
    if (found === undefined) return next(specifier, context);
    const resolved = next(specifier, context);
    const place = fileURLToPath(resolved.url);
    // Of two copies of a package in one process the second has its own modules at once.
    if ((places.get(found.file) ?? place) !== place) return resolved;
    places.set(found.file, place);
    return {
      url: pathToFileURL(join(__dirname, "stand-ins", found.file)).href,
      format: "commonjs",
      shortCircuit: true,
    };
  },
});

/** Path of the module that a stand-in's file stands for. */
exports.placeOf = (file) => places.get(file);

/**
 * Stands for a module, and loads it when something of it is asked for. `esModule` is what the SDK's compiled imports are
 * told of it: whether to take it as it is, or to copy its members, which would load it.
 */
exports.standIn = (file, { esModule }) => {
  const real = () => require(places.get(file));
  return new Proxy(
    {},
    {
      get: (_, key) => {
        if (key === "__esModule") return esModule;
        return esModule && key === "default" ? real() : real()[key];
      },
      has: (_, key) => key in real(),
      ownKeys: () => Reflect.ownKeys(real()),
      getOwnPropertyDescriptor: (_, key) => {
        const found = Reflect.getOwnPropertyDescriptor(real(), key);
        return found && { ...found, configurable: true };
      },
    },
  );
};
