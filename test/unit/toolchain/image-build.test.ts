import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hashInputs } from "../../../tools/toolchain/image-build";
import { temporaryFolder } from "./temporary-folder";

describe("hashInputs", () => {
  it("is the same for the same texts and files, wherever they lie", () => {
    expect(hashInputs(["base:1"], [tree()])).toBe(hashInputs(["base:1"], [tree()]));
  });

  it("changes with a text", () => {
    const folder = tree();
    expect(hashInputs(["base:1"], [folder])).not.toBe(hashInputs(["base:2"], [folder]));
  });

  it("changes with a file's content and with its name", () => {
    const folder = tree();
    const before = hashInputs([], [folder]);
    writeFileSync(join(folder, "inner", "main.js"), "2");
    const edited = hashInputs([], [folder]);
    renameSync(join(folder, "inner", "main.js"), join(folder, "inner", "other.js"));
    expect(new Set([before, edited, hashInputs([], [folder])]).size).toBe(3);
  });
});

function tree(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "inner"));
  writeFileSync(join(folder, "inner", "main.js"), "1");
  return folder;
}
