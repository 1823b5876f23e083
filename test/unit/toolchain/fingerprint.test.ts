import { mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { packageRoot } from "../../../tools/toolchain/package-root";
import { temporaryFolder } from "./temporary-folder";

interface FingerprintModule {
  fingerprint(root: string): string;
  fingerprintFile(root: string): string;
  isBuilt(root: string): boolean;
}

const file = join(packageRoot, "tools", "toolchain", "fingerprint.mjs");
const { fingerprint, fingerprintFile, isBuilt }: FingerprintModule = createRequire(file)(file);

describe("isBuilt", () => {
  it("is false before the first build, true after it", () => {
    const root = checkout();
    expect(isBuilt(root)).toBe(false);
    build(root);
    expect(isBuilt(root)).toBe(true);
  });

  it("doesn't mind new file times: a checkout sets them all", () => {
    const root = checkout();
    build(root);
    utimesSync(join(root, "clients", "a.ts"), new Date(), new Date());
    expect(isBuilt(root)).toBe(true);
  });

  it.each<[string, (root: string) => void]>([
    ["a source is edited", (root) => writeFileSync(join(root, "clients", "a.ts"), "export const a = 2;")],
    ["a source is added", (root) => writeFileSync(join(root, "clients", "b.ts"), "")],
    ["a source is removed", (root) => rmSync(join(root, "clients", "a.ts"))],
    ["a dependency changes", (root) => writeFileSync(join(root, "package-lock.json"), "{ }")],
  ])("is false when %s", (_name, change) => {
    const root = checkout();
    build(root);
    change(root);
    expect(isBuilt(root)).toBe(false);
  });

  it("doesn't mind files that the compiler doesn't read", () => {
    const root = checkout();
    build(root);
    writeFileSync(join(root, "clients", "notes.md"), "");
    writeFileSync(join(root, "README.md"), "");
    expect(isBuilt(root)).toBe(true);
  });
});

function checkout(): string {
  const root = temporaryFolder();
  for (const folder of ["clients", "dist"]) mkdirSync(join(root, folder));
  writeFileSync(join(root, "tsconfig.json"), JSON.stringify({ include: ["index.ts", "clients", "not-there"] }));
  writeFileSync(join(root, "package-lock.json"), "{}");
  writeFileSync(join(root, "index.ts"), "");
  writeFileSync(join(root, "clients", "a.ts"), "export const a = 1;");
  return root;
}

function build(root: string): void {
  writeFileSync(fingerprintFile(root), fingerprint(root));
}
