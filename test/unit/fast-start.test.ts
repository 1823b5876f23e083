import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { packageRoot } from "../../toolchain/package-root";
import { temporaryFolder } from "./toolchain/temporary-folder";

const preload = join(packageRoot, "fast-start", "index.cjs");
/** The toolchain, under which these tests may run, has the preload in its own options. */
const BARE = { ...process.env, NODE_OPTIONS: "" };
const PROGRAM_HOST = "node_modules/@pulumi/pulumi/cmd/run/index.js";
const PROVIDER_HOST = "node_modules/@pulumi/pulumi/cmd/dynamic-provider/index.js";

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
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, program);
  const options = { cwd: folder, env: { ...BARE, ...env }, encoding: "utf8" } as const;
  const preloads = [before, preload].filter((path) => path !== undefined).flatMap((path) => ["--require", path]);
  const { stdout, stderr } = spawnSync(process.execPath, [...preloads, file], options);
  expect(stderr).toBe("");
  return stdout.trim();
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
    const launcher = join(packageRoot, "toolchain", "recipes", "pulumi-cli", "pulumi-resource-pulumi-nodejs");
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

  it("the young heap of the providers' host stays at a megabyte and its copy, and that of other programs grows", () => {
    expect(Number(printedBy(PROVIDER_HOST, GROWING))).toBeLessThanOrEqual(2 * MEGABYTE);
    expect(Number(printedBy(PROGRAM_HOST, GROWING))).toBeGreaterThan(8 * MEGABYTE);
  });
});

describe("what only the serialisation of functions uses", () => {
  const sdk = JSON.stringify(join(packageRoot, "node_modules", "@pulumi", "pulumi"));
  const LOADED = `
    const loaded = (name) => Object.keys(require.cache).some((file) => file.includes("node_modules/" + name + "/lib/"));
    const print = () => console.log(loaded("typescript"), loaded("@npmcli/arborist"));`;
  const LOADS_SDK = `${LOADED} require(${sdk}); print();`;

  it("is not loaded with Pulumi's SDK in its two hosts", () => {
    expect(printedBy(PROGRAM_HOST, LOADS_SDK)).toBe("false false");
    expect(printedBy(PROVIDER_HOST, LOADS_SDK)).toBe("false false");
  });

  it("is loaded with it where Node.js has no hooks, as before 22.15", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "old.cjs"), `require("node:module").registerHooks = undefined;`);
    expect(printedBy(PROGRAM_HOST, LOADS_SDK, { folder, before: join(folder, "old.cjs") })).toBe("true true");
  });

  it("is loaded with it elsewhere", () => {
    expect(printedBy("index.js", LOADS_SDK)).toBe("true true");
  });

  it("is loaded when a function is serialised, with the same outcome", () => {
    const serialises = `
      const pulumi = require(${sdk});
      const answer = 42;
      pulumi.runtime.serializeFunction(() => answer).then(({ text }) => console.log(JSON.stringify(text)));`;
    const here = printedBy(PROGRAM_HOST, serialises);
    expect(here).toContain("answer: 42");
    expect(here).toBe(printedBy("index.js", serialises));
  });

  it("is loaded when the packages that a function needs are looked for, with the same outcome", () => {
    const looks = `
      process.chdir(${JSON.stringify(packageRoot)});
      require(${sdk}).runtime.computeCodePaths({}).then((paths) => console.log([...paths.keys()].sort().join(" ")));`;
    const here = printedBy(PROGRAM_HOST, looks);
    expect(here).toContain("node_modules/zod");
    expect(here).toBe(printedBy("index.js", looks));
  });
});
