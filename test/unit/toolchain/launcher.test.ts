import { spawnSync } from "node:child_process";
import { mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { packageRoot } from "../../../tools/toolchain/package-root";
import { temporaryFolder } from "./temporary-folder";

const launcher = join(packageRoot, "tools", "toolchain", "recipes", "pulumi-cli", "pulumi-resource-pulumi-nodejs");

describe("the launcher of Node.js providers", () => {
  it("hands its arguments to the host of the program's SDK, as if that had been started by its path", () => {
    const folder = temporaryFolder();
    const host = join(folder, "node_modules", "@pulumi", "pulumi", "cmd", "dynamic-provider");
    mkdirSync(host, { recursive: true });
    writeFileSync(join(host, "index.js"), "console.log(JSON.stringify(process.argv.slice(1)));");
    const given = ["--tracing=http://127.0.0.1:9411", "127.0.0.1:4711"];
    const { stdout } = spawnSync("sh", [launcher, ...given], { cwd: folder, encoding: "utf8" });
    expect(JSON.parse(stdout)).toStrictEqual([realpathSync(join(host, "index.js")), ...given]);
  });

  it("fails at once, and doesn't wait for input, where the program has no @pulumi/pulumi", () => {
    const { status, stderr } = spawnSync("sh", [launcher], {
      cwd: temporaryFolder(),
      encoding: "utf8",
      timeout: 20_000,
      stdio: ["pipe", "pipe", "pipe"],
    });
    expect(status).toBe(1);
    expect(stderr).toContain("Cannot find module '@pulumi/pulumi/cmd/dynamic-provider'");
  });
});
