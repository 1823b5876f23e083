import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { packageRoot } from "../../../toolchain/package-root";
import { temporaryFolder } from "./temporary-folder";

const preload = join(packageRoot, "toolchain", "steady-flags.cjs");
/** Compiles only under the flag that Pulumi's SDK turns on. */
const PROBE = `let under = true; try { new Function("%IsSmi(1)"); } catch { under = false; } console.log(under);`;

/** Keeps all it makes, some 100 MB, and prints how often V8 swept the old heap meanwhile. */
const GROWING = `
const { PerformanceObserver, constants } = require("node:perf_hooks");
let sweeps = 0;
new PerformanceObserver((list) => {
  for (const { detail } of list.getEntries()) if (detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR) sweeps += 1;
}).observe({ entryTypes: ["gc"] });
const kept = [];
const step = () => {
  for (let i = 0; i < 2000; i += 1) kept.push({ text: "kept " + i });
  setImmediate(kept.length < 1_500_000 ? step : () => console.log(sweeps));
};
step();`;

const flagIn = (script: string) => printedBy(script, PROBE);

/** What a program prints that lies at this path and is started with the flags. */
function printedBy(script: string, program: string): string {
  const file = join(temporaryFolder(), script);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, program);
  const { stdout, stderr } = spawnSync(process.execPath, ["--require", preload, file], { encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout.trim();
}

describe("steady-flags.cjs", () => {
  it("Pulumi's two hosts run under the SDK's flag from their first line", () => {
    expect(flagIn("node_modules/@pulumi/pulumi/cmd/run/index.js")).toBe("true");
    expect(flagIn("node_modules/@pulumi/pulumi/cmd/dynamic-provider/index.js")).toBe("true");
  });

  it("the providers' host does so too when a line of code requires it, as the launcher's does", () => {
    const folder = temporaryFolder();
    const host = join(folder, "node_modules", "@pulumi", "pulumi", "cmd", "dynamic-provider");
    mkdirSync(host, { recursive: true });
    writeFileSync(join(host, "index.js"), PROBE);
    const launcher = join(packageRoot, "toolchain", "recipes", "pulumi-cli", "pulumi-resource-pulumi-nodejs");
    const env = { ...process.env, NODE_OPTIONS: `--require ${JSON.stringify(preload)}` };
    const { stdout } = spawnSync("sh", [launcher, "127.0.0.1:1"], { cwd: folder, env, encoding: "utf8" });
    expect(stdout.trim()).toBe("true");
  });

  it("the providers' host sweeps its old heap more often than other programs, and so stays small", () => {
    const host = Number(printedBy("node_modules/@pulumi/pulumi/cmd/dynamic-provider/index.js", GROWING));
    const other = Number(printedBy("node_modules/@pulumi/pulumi/cmd/run/index.js", GROWING));
    expect(host).toBeGreaterThan(other);
  });

  it("every other program is left as it is", () => {
    expect(flagIn("index.js")).toBe("false");
    expect(flagIn("node_modules/@pulumi/pulumi/cmd/runner.js")).toBe("false");
  });
});
