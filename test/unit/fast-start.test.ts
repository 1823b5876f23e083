import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { packageRoot } from "../../tools/toolchain/package-root";
import { temporaryFolder } from "./toolchain/temporary-folder";

const preload = join(packageRoot, "fast-start.cjs");
/** The toolchain, under which these tests may run, has the preload in its own options. */
const BARE = { ...process.env, NODE_OPTIONS: "" };
const SDK = join("node_modules", "@pulumi", "pulumi");
const PROGRAM_HOST = join(SDK, "cmd", "run", "index.js");
const PROVIDER_HOST = join(SDK, "cmd", "dynamic-provider", "index.js");

interface Run {
  readonly folder?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** What a program prints that lies at this path and is started with the preload. */
function printedBy(script: string, program: string, { folder = temporaryFolder(), env = {} }: Run = {}): string {
  const file = join(folder, script);
  if (script.startsWith(SDK)) linkAround(file, script);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, program);
  const options = { cwd: folder, env: { ...BARE, ...env }, encoding: "utf8" } as const;
  const { stdout, stderr } = spawnSync(process.execPath, ["--require", preload, file], options);
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
    expect(dirname(ofProgram ?? "")).toBe(join(folder, "run"));
    expect(dirname(ofProvider ?? "")).toBe(join(folder, "dynamic-provider"));
    expect(printedBy("index.js", prints, { env })).toBe("undefined");
  });

  it("every other program is left as it is", () => {
    expect(printedBy("index.js", PROBE)).toBe("false");
    expect(printedBy("node_modules/@pulumi/pulumi/cmd/runner.js", PROBE)).toBe("false");
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

describe("programs that use these modules too", () => {
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
});
