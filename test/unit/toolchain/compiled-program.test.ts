import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { packageRoot } from "../../../tools/toolchain/package-root";
import { temporaryFolder } from "./temporary-folder";

const preload = join(packageRoot, "tools", "toolchain", "compiled-program.cjs");
const PRINTS = `console.log(process.env.PULUMI_NODEJS_TYPESCRIPT ?? "not set");`;

/** What the language host's variable is in the program of a project, which lies in a folder below. */
function variableIn(name: string, text: string): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, name), text);
  mkdirSync(join(folder, "dist"));
  const env = { ...process.env, NODE_OPTIONS: "", PULUMI_NODEJS_TYPESCRIPT: "true" };
  const options = { cwd: join(folder, "dist"), env, encoding: "utf8" } as const;
  return spawnSync(process.execPath, ["--require", preload, "-e", PRINTS], options).stdout.trim();
}

const project = (options: string, more = "") => `name: x\nruntime:\n  name: nodejs\n${options}main: dist\n${more}`;

describe("the language host's word that a program is TypeScript", () => {
  it.each([
    ["Pulumi.yaml", project("  options:\n    # compiled before\n\n    typescript: false\n")],
    ["Pulumi.yml", project("  options:\n    typescript: false\n")],
    ["Pulumi.yaml", "{ name: x, runtime: { name: nodejs, options: { typescript: false } }, main: dist }\n"],
    ["Pulumi.json", JSON.stringify({ name: "x", runtime: { name: "nodejs", options: { typescript: false } } })],
  ])("is taken back where %s says typescript: false", (name, text) => {
    expect(variableIn(name, text)).toBe("not set");
  });

  it.each([
    ["says typescript: true", "Pulumi.yaml", project("  options:\n    typescript: true\n")],
    ["says nothing", "Pulumi.yaml", project("")],
    ["names the runtime alone", "Pulumi.yaml", "name: x\nruntime: nodejs\n"],
    ["says it of a key of its configuration", "Pulumi.yaml", project("", "config:\n  typescript: false\n")],
    ["says nothing, in JSON", "Pulumi.json", JSON.stringify({ name: "x", runtime: "nodejs" })],
  ])("stays where the project %s", (_, name, text) => {
    expect(variableIn(name, text)).toBe("true");
  });
});
