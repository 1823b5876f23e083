import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { packageRoot } from "../../../toolchain/package-root";
import { temporaryFolder } from "./temporary-folder";

describe("the launcher of Node.js providers", () => {
  it("fails at once, and doesn't wait for input, where the program has no @pulumi/pulumi", () => {
    const launcher = join(packageRoot, "toolchain", "recipes", "pulumi-cli", "pulumi-resource-pulumi-nodejs");
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
