import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { packageRoot } from "../../../toolchain/package-root";
import { temporaryFolder } from "./temporary-folder";

const preload = join(packageRoot, "toolchain", "steady-flags.cjs");
/** Compiles only under the flag that Pulumi's SDK turns on. */
const PROBE = `let under = true; try { new Function("%IsSmi(1)"); } catch { under = false; } console.log(under);`;

function flagIn(script: string): string {
  const file = join(temporaryFolder(), script);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, PROBE);
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

  it("every other program is left as it is", () => {
    expect(flagIn("index.js")).toBe("false");
    expect(flagIn("node_modules/@pulumi/pulumi/cmd/runner.js")).toBe("false");
  });
});
