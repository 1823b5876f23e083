import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { packageRoot } from "../../tools/toolchain/package-root";
import { temporaryFolder } from "./toolchain/temporary-folder";

const preload = join(packageRoot, "fast-start", "index.cjs");
/** The toolchain, under which these tests may run, has the preload in its own options. */
const BARE = { ...process.env, NODE_OPTIONS: "" };
const SDK = join("node_modules", "@pulumi", "pulumi");
const PROGRAM_HOST = join(SDK, "cmd", "run", "index.js");
const PROVIDER_HOST = join(SDK, "cmd", "dynamic-provider", "index.js");

interface Run {
  readonly folder?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Loaded before the preload. */
  readonly before?: string;
}

/** What a program prints that lies at this path and is started with the preload. */
function printedBy(
  script: string,
  program: string,
  { folder = temporaryFolder(), env = {}, before }: Run = {},
): string {
  const file = join(folder, script);
  if (script.startsWith(SDK)) linkAround(file, script);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, program);
  const options = { cwd: folder, env: { ...BARE, ...env }, encoding: "utf8" } as const;
  const preloads = [before, preload].filter((path) => path !== undefined).flatMap((path) => ["--require", path]);
  const { stdout, stderr } = spawnSync(process.execPath, [...preloads, file], options);
  expect(stderr).toBe("");
  return stdout.trim();
}

/** The SDK around a host of the test's own: each folder on the way to it, with links to all else that the real one holds. */
function linkAround(file: string, script: string): void {
  for (let path = script, own = file; path !== SDK; path = dirname(path), own = dirname(own)) {
    mkdirSync(dirname(own), { recursive: true });
    const real = join(packageRoot, dirname(path));
    const others = readdirSync(real).filter((name) => name !== basename(path));
    for (const name of others) symlinkSync(join(real, name), join(dirname(own), name));
  }
}

/** For programs that look into Pulumi's SDK: its folder, `require` as a module of it has it, and whether a part is loaded. */
const REQUIRE = `
  const { createRequire } = require("node:module");
  const sdk = ${JSON.stringify(join(packageRoot, "node_modules", "@pulumi", "pulumi"))};
  const within = (place) => createRequire(sdk + "/" + place);
  const loaded = (part) => Object.keys(require.cache).some((file) => file.includes(part));`;

/** What a program prints under the preload, which must be what it prints without. */
function sameWithout(program: string): string {
  const here = printedBy(PROGRAM_HOST, program);
  expect(here).toBe(printedBy("index.js", program));
  return here;
}

describe("compiled code", () => {
  /** Compiles only under the flag that Pulumi's SDK turns on. */
  const PROBE = `let under = true; try { new Function("%IsSmi(1)"); } catch { under = false; } console.log(under);`;

  it("Pulumi's two hosts run under the SDK's flag from their first line", () => {
    expect(printedBy(PROGRAM_HOST, PROBE)).toBe("true");
    expect(printedBy(PROVIDER_HOST, PROBE)).toBe("true");
  });

  it("the providers' host does so too when a line of code requires it, as the launcher's does", () => {
    const folder = temporaryFolder();
    const host = join(folder, dirname(PROVIDER_HOST));
    mkdirSync(host, { recursive: true });
    writeFileSync(join(host, "index.js"), PROBE);
    const launcher = join(packageRoot, "tools", "toolchain", "recipes", "pulumi-cli", "pulumi-resource-pulumi-nodejs");
    const env = { ...process.env, NODE_OPTIONS: `--require ${JSON.stringify(preload)}` };
    const { stdout } = spawnSync("sh", [launcher, "127.0.0.1:1"], { cwd: folder, env, encoding: "utf8" });
    expect(stdout.trim()).toBe("true");
  });

  it("is kept for each of them in a folder of its own, in the place that the variable names", () => {
    const prints = `console.log(require("node:module").getCompileCacheDir());`;
    const folder = temporaryFolder();
    const env = { OLLAMA_CHAT_COMPILE_CACHE: folder, NODE_COMPILE_CACHE: undefined };
    const [ofProgram, ofProvider] = [PROGRAM_HOST, PROVIDER_HOST].map((host) => printedBy(host, prints, { env }));
    expect(dirname(ofProgram ?? "")).toBe(folder);
    expect(dirname(ofProvider ?? "")).toBe(folder);
    expect(ofProgram).not.toBe(ofProvider);
    expect(printedBy("index.js", prints, { env })).toBe("undefined");
  });

  it("Node's own modules that are used are loaded before any flag is set, with the code that Node.js carries of them", () => {
    const before = join(temporaryFolder(), "recorder.cjs");
    const recorder = `
      const { builtinModules } = require("node:module");
      const v8 = require("node:v8");
      const set = v8.setFlagsFromString;
      const loaded = () => process.moduleLoadList.map((entry) => entry.replace("NativeModule ", ""));
      let before;
      v8.setFlagsFromString = (flag) => { before ??= loaded(); return set(flag); };
      process.on("exit", () => {
        const late = loaded().filter((name) => builtinModules.includes(name) && !before.includes(name));
        console.log(before.includes("http2"), ...late);
      });`;
    writeFileSync(before, recorder);
    const uses = `${REQUIRE}
      require(sdk);
      const dist = ${JSON.stringify(join(packageRoot, "dist"))};
      require(dist + "/lib.js");
      for (const type of ["cluster-setting", "model-group", "connector", "deployed-model"]) {
        require(dist + "/providers/" + type + "/provider.js");
      }
      require(dist + "/clients/opensearch/connect.js").openSearch({ endpoint: "http://127.0.0.1:9200" });`;
    for (const host of [PROGRAM_HOST, PROVIDER_HOST]) expect(printedBy(host, uses, { before })).toBe("true");
  });

  it("a program that only looks where a host is, is left as it is", () => {
    const looks = `console.log(require.resolve("node:fs") && "@pulumi/pulumi/cmd/run"); ${PROBE}`;
    const { stdout } = spawnSync(process.execPath, ["--require", preload, "-e", looks], {
      env: BARE,
      encoding: "utf8",
    });
    expect(stdout).toContain("false");
  });

  it("every other program is left as it is", () => {
    expect(printedBy("index.js", PROBE)).toBe("false");
    expect(printedBy("node_modules/@pulumi/pulumi/cmd/runner.js", PROBE)).toBe("false");
  });
});

describe("memory", () => {
  /** Keeps all it makes, some 100 MB, and prints how many bytes the young heap has taken by then. */
  const GROWING = `
    const { getHeapSpaceStatistics } = require("node:v8");
    const kept = [];
    const step = () => {
      for (let i = 0; i < 2000; i += 1) kept.push({ text: "kept " + i });
      if (kept.length < 1_500_000) setImmediate(step);
      else console.log(getHeapSpaceStatistics().find((space) => space.space_name === "new_space").space_size);
    };
    step();`;
  const MEGABYTE = 1024 * 1024;

  it("the young heap of the providers' host stays small, and that of other programs grows", () => {
    expect(Number(printedBy(PROVIDER_HOST, GROWING))).toBeLessThan(32 * MEGABYTE);
    expect(Number(printedBy(PROGRAM_HOST, GROWING))).toBeGreaterThan(64 * MEGABYTE);
  });
});

describe("what only the serialisation of functions uses", () => {
  const LOADS_SDK = `${REQUIRE} require(sdk);
    const parts = ["typescript/", "@npmcli/arborist/lib/arborist/", "normalize-package-data/lib/fixer"];
    console.log(...parts.map((part) => loaded("node_modules/" + part)));`;

  it("is not loaded with Pulumi's SDK in its two hosts", () => {
    expect(printedBy(PROGRAM_HOST, LOADS_SDK)).toBe("false false false");
    expect(printedBy(PROVIDER_HOST, LOADS_SDK)).toBe("false false false");
  });

  it("is loaded with it elsewhere", () => {
    expect(printedBy("index.js", LOADS_SDK)).toBe("true true true");
  });

  it("is loaded when a function is serialised, with the same outcome", () => {
    const text = sameWithout(`${REQUIRE}
      const pulumi = require(sdk);
      const answer = 42;
      pulumi.runtime.serializeFunction(() => answer).then(({ text }) => console.log(JSON.stringify(text)));`);
    expect(text).toContain("answer: 42");
  });

  it("is loaded when the packages that a function needs are looked for, with the same outcome", () => {
    const paths = sameWithout(`${REQUIRE}
      process.chdir(${JSON.stringify(packageRoot)});
      require(sdk).runtime.computeCodePaths({}).then((paths) => console.log([...paths.keys()].sort().join(" ")));`);
    expect(paths).toContain("node_modules/zod");
  });
});

describe("zod's messages in other languages", () => {
  const ZOD = `const zod = require(${JSON.stringify(join(packageRoot, "node_modules", "zod"))});`;

  it("are loaded when one is asked for, with the same outcome", () => {
    const loads = `${REQUIRE} ${ZOD}
      console.log(loaded("locales/de"));
      zod.config(zod.locales.de());
      console.log(loaded("locales/de"));`;
    expect(printedBy(PROGRAM_HOST, loads)).toBe("false\ntrue");
    expect(printedBy(PROVIDER_HOST, loads)).toBe("false\ntrue");
    expect(printedBy("index.js", loads)).toBe("true\ntrue");
    const told = sameWithout(`${ZOD}
      zod.config(zod.locales.de());
      console.log(zod.string().safeParse(1).error.issues[0].message, Object.keys(zod.locales).length);`);
    expect(told).toMatch(/^Ungültige Eingabe: .* [1-9]\d+$/);
  });

  it("a function that holds zod is serialised with the same outcome", () => {
    const text = sameWithout(`${REQUIRE} ${ZOD}
      process.chdir(${JSON.stringify(packageRoot)});
      require(sdk).runtime.serializeFunction(() => zod.string(zod.locales.de)).then(({ text }) => console.log(text));`);
    expect(text).toContain('const zod = require("zod");');
  });
});

describe("other parts of Pulumi's SDK", () => {
  it("a function that holds the Automation API is serialised with the same outcome", () => {
    const text = sameWithout(`${REQUIRE}
      process.chdir(${JSON.stringify(packageRoot)});
      const { automation, runtime } = require(sdk);
      runtime.serializeFunction(() => automation.LocalWorkspace.name).then(({ text }) => console.log(text));`);
    expect(text).toContain('const automation = require("@pulumi/pulumi/automation/index.js");');
  });

  it("the Automation API is loaded when it is used, with the same outcome", () => {
    const isLoaded = `console.log(loaded("automation/localWorkspace"), loaded("execa"));`;
    expect(printedBy(PROGRAM_HOST, `${REQUIRE} require(sdk); ${isLoaded}`)).toBe("false false");
    expect(printedBy("index.js", `${REQUIRE} require(sdk); ${isLoaded}`)).toBe("true true");
    const told = sameWithout(`${REQUIRE}
      const { automation } = require(sdk);
      automation.mark = 1;
      Object.defineProperty(automation, "defined", { value: 2, configurable: true });
      delete automation.LocalWorkspace;
      console.log(automation.Stack.name, automation === within("index.js")("./automation"), automation.defined);
      console.log("LocalWorkspace" in automation, ...Object.keys(automation));
      ${isLoaded}`);
    expect(told).toMatch(/^Stack true 2\nfalse .* mark\ntrue true$/);
  });

  it("a program that requires what is loaded late for the SDK gets what it would get without", () => {
    const told = sameWithout(`${REQUIRE}
      require(sdk);
      setImmediate(() => {
        const { __importDefault, __importStar } = require(${JSON.stringify(join(packageRoot, "node_modules", "tslib"))});
        const arborist = within("runtime/closure/codePaths.js")("@npmcli/arborist");
        console.log(typeof arborist, arborist.__esModule, new arborist({ path: "." }) instanceof arborist.Arborist);
        console.log(__importDefault(arborist).default === arborist, __importStar(arborist).default === arborist);
        const normalize = within("runtime/closure/codePaths.js")("normalize-package-data");
        const data = { name: "x", version: "v1.0.0" };
        normalize(data);
        console.log(typeof normalize, typeof normalize.fixer, data.version);
      });`);
    expect(told).toBe("function undefined true\ntrue true\nfunction object 1.0.0");
  });

  it("the Automation API can be imported by an ES module", () => {
    const folder = temporaryFolder();
    const file = join(folder, "program.mjs");
    const place = join(packageRoot, "node_modules", "@pulumi", "pulumi", "automation", "index.js");
    writeFileSync(
      file,
      `import * as automation from ${JSON.stringify(place)}; console.log(automation.default.LocalWorkspace.name);`,
    );
    const program = `${REQUIRE} require(sdk); import(${JSON.stringify(file)});`;
    expect(sameWithout(program)).toBe("LocalWorkspace");
  });

  it("a second copy of the SDK in a process has its own modules", () => {
    const folder = temporaryFolder();
    const second = join(folder, "second", "node_modules", "@pulumi", "pulumi");
    mkdirSync(second, { recursive: true });
    writeFileSync(join(second, "typescript-shim.js"), 'exports.mark = "of the second";');
    writeFileSync(join(second, "index.js"), 'exports.shim = require("./typescript-shim");');
    const program = `${REQUIRE}
      require(sdk);
      console.log(require(${JSON.stringify(second)}).shim.mark);`;
    expect(printedBy(PROGRAM_HOST, program)).toBe("of the second");
  });

  it("what sends spans is loaded when they are sent, and the spans before do nothing", () => {
    const program = `${REQUIRE}
      const tracing = within("cmd/run/run.js")("./tracing");
      const first = tracing.newSpan("first").setAttribute("with", true).addEvent("an event");
      console.log(first.isRecording(), loaded("sdk-trace-node"));
      first.end();
      tracing.start("http://127.0.0.1:9/api/v2/spans");
      const second = tracing.newSpan("second");
      console.log(second.isRecording(), second.parentSpanContext !== undefined, loaded("sdk-trace-node"));
      const { SimpleSpanProcessor } = within("cmd/run/tracing.js")("@opentelemetry/sdk-trace-base");
      SimpleSpanProcessor.prototype.onEnd = ({ name }) => console.log(name, "ended");
      tracing.stop();
      process.exit();`;
    const sent = "true true true\nnodejs-runtime-root ended";
    expect(printedBy(PROGRAM_HOST, program)).toBe(`false false\n${sent}`);
    expect(printedBy("index.js", program)).toBe(`false true\n${sent}`);
  });

  it("spans below one of the caller's are real from the first, and its children", () => {
    const env = { TRACEPARENT: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };
    const program = `${REQUIRE}
      const { withRootContext } = within("cmd/run/index.js")("./instrumentation");
      const span = withRootContext(() => within("cmd/run/run.js")("./tracing").newSpan("first"));
      console.log(span.isRecording(), span.parentSpanContext.traceId, span.parentSpanContext.spanId);`;
    const real = "true 0af7651916cd43dd8448eb211c80319c b7ad6b7169203331";
    expect(printedBy(PROGRAM_HOST, program, { env })).toBe(real);
    expect(printedBy("index.js", program, { env })).toBe(real);
  });

  it("no frames are kept for its promises, unless PULUMI_DEBUG_PROMISE_LEAKS asks for them", () => {
    const program = `${REQUIRE}
      require(sdk);
      setImmediate(() => {
        const made = Promise.resolve(1);
        within("resource.js")("./runtime/debuggable").debuggablePromise(made, "a promise");
        console.log(made._debugStackTrace.split("\\n").length > 1, Error.stackTraceLimit);
      });`;
    const asked = { env: { PULUMI_DEBUG_PROMISE_LEAKS: "1" } };
    expect(printedBy(PROGRAM_HOST, program)).toBe("false 10");
    expect(printedBy(PROGRAM_HOST, program, asked)).toBe("true 10");
    expect(printedBy("index.js", program)).toBe("true 10");
  });

  it("no debugging session is open until a function is serialised", () => {
    const program = `${REQUIRE}
      const { Session } = require("node:inspector");
      const connect = Session.prototype.connect;
      let sessions = 0;
      Session.prototype.connect = function () { sessions += 1; return connect.call(this); };
      (async () => {
        await within("cmd/run/index.js")("../../runtime/closure/v8Hooks").isInitializedAsync();
        console.log(sessions);
        const { runtime } = require(sdk);
        await runtime.serializeFunction(() => 1);
        await runtime.serializeFunction(() => 2);
        console.log(sessions);
      })();`;
    expect(printedBy(PROGRAM_HOST, program)).toBe("0\n1");
    expect(printedBy("index.js", program)).toBe("1\n1");
  });

  it("a function that cannot be serialised is named with its file and line", () => {
    const folder = temporaryFolder();
    const file = join(folder, "captured.js");
    const native = 'const native = Object.getOwnPropertyDescriptor(Map.prototype, "size").get;';
    writeFileSync(file, `${native}\nexports.outer = () => native();\n`);
    const told = sameWithout(`${REQUIRE}
      (async () => {
        await within("cmd/run/index.js")("../../runtime/closure/v8Hooks").isInitializedAsync();
        const { outer } = require(${JSON.stringify(file)});
        const { runtime } = require(sdk);
        await runtime.serializeFunction(outer).catch((error) => console.log(error.message));
      })();`);
    expect(told).toContain("captured.js(2,");
  });

  it("traces name the sources of a program that has maps, and the SDK's own files as they are", () => {
    const folder = temporaryFolder();
    const file = join(folder, "mapped.js");
    writeFileSync(file, "exports.thrown = (task) => task();\n//# sourceMappingURL=mapped.js.map\n");
    const map = { version: 3, file: "mapped.js", sources: ["mapped.ts"], names: [], mappings: "AAAA" };
    writeFileSync(`${file}.map`, JSON.stringify(map));
    const program = `${REQUIRE}
      within("cmd/run/index.js")("source-map-support/register");
      const { CustomResource } = require(sdk);
      try { require(${JSON.stringify(file)}).thrown(() => new CustomResource("t", "")); } catch (error) { console.log(error.stack); }`;
    const here = printedBy(PROGRAM_HOST, program);
    expect(here).toMatch(/mapped\.ts:1:/);
    expect(here).toMatch(/@pulumi\/pulumi\/resource\.js:\d+/);
    expect(printedBy("index.js", program)).toMatch(/mapped\.ts:1:/);
  });
});
