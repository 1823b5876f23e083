import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { requireFreshBuild, requireNode } from "../../../program/runtime";

function failureOf(run: () => void): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return expect.unreachable("it should have been refused");
}

describe("Node.js", () => {
  it.each(["22.12.0", "22.13.1", "24.0.0", "100.1.0"])("%s is new enough", (version) => {
    expect(() => requireNode(version)).not.toThrow();
  });

  it.each(["20.20.2", "22.11.9", "18.0.0"])("%s is refused with the way out", (version) => {
    const failure = failureOf(() => requireNode(version));
    expect(pulumi.RunError.isInstance(failure)).toBe(true);
    expect(failure).toHaveProperty(
      "message",
      `Node.js ${version} is too old: this program needs 22.12 or later. Install Node.js 24.`,
    );
  });
});

describe("the compiled program", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "program-"));
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  function checkout(isBuilt: boolean): void {
    mkdirSync(join(root, "tools", "toolchain"), { recursive: true });
    writeFileSync(join(root, "index.ts"), "");
    writeFileSync(join(root, "tools", "toolchain", "fingerprint.mjs"), `export const isBuilt = () => ${isBuilt};`);
  }

  it("that is older than its sources stops with the command to run", () => {
    checkout(false);
    const failure = failureOf(() => requireFreshBuild(root));
    expect(pulumi.RunError.isInstance(failure)).toBe(true);
    expect(failure).toHaveProperty("message", "The sources changed since the program was compiled. Run: npm run build");
  });

  it("that fits its sources runs", () => {
    checkout(true);
    expect(() => requireFreshBuild(root)).not.toThrow();
  });

  it("of an installed package has no sources to differ from", () => {
    expect(() => requireFreshBuild(root)).not.toThrow();
  });
});
