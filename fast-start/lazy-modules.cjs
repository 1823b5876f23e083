// Parts of Pulumi's SDK that few programs use are loaded when they are used, and not when they are required. What the
// serialisation of functions uses: the dynamic providers of this package are stored as a line of text, so nothing of
// theirs is serialised. (A TypeScript program has TypeScript read its tsconfig.json.) What sends the spans of
// OpenTelemetry. And the source maps of the SDK itself, whose sources it does not come with. The Automation API is not
// among them: a function that is serialised may hold it, and the serialisation tells modules by what they are.
// The SDK loaded TypeScript that late itself for a while (pulumi/pulumi#10185).
const { registerHooks } = require("node:module");
const { join } = require("node:path");
const { fileURLToPath, pathToFileURL } = require("node:url");

/** What the SDK writes to require them, and what stands for each. */
const STAND_INS = [
  { required: /(^|\/)typescript-shim$/, file: "typescript-shim.cjs" },
  { required: /(^|\/)closure\/v8Hooks$|^\.\/v8Hooks$/, file: "v8-hooks.cjs" },
  { required: /^@npmcli\/arborist$/, file: "arborist.cjs" },
  { required: /^normalize-package-data$/, file: "normalize-package-data.cjs" },
  { required: /^\.\/tracing$/, file: "tracing.cjs" },
  { required: /^source-map-support\/register$/, file: "source-map-support.cjs" },
];

/** Where the real modules are, by the stand-in's file. */
const places = new Map();

// Not there before Node.js 22.15: then all is loaded at once, as ever.
registerHooks?.({
  resolve(specifier, context, next) {
    const found = STAND_INS.find(({ required }) => required.test(specifier));
    if (found === undefined || !/\/@pulumi\/pulumi\//.test(context.parentURL ?? "")) return next(specifier, context);
    const resolved = next(specifier, context);
    const place = fileURLToPath(resolved.url);
    // Of two copies of the SDK in one process the second has its own modules at once.
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
