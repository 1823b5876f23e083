import { execFile, execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { demoFolder } from "../../tools/toolchain/demo/settings";
import { blocksOf } from "../support/documents/runnable";
import { repository } from "./support/project";
import { hasDocker, hasEngine } from "./support/toolchain";

const FILE = "test/engine/demo.test.ts";
const LABEL = "label=pulumi-ollama-chat.stack=pulumi-ollama-chat/demo";

/** The demo of this checkout, or of another one on this Docker host, is in use: its containers have the same names. */
function isInUse(): boolean {
  return existsSync(demoFolder) || execFileSync("docker", ["ps", "--all", "--quiet", "--filter", LABEL]).length > 0;
}

describe.skipIf(!hasEngine || !hasDocker || isInUse())("the demo", () => {
  afterAll(async () => {
    if (existsSync(demoFolder)) await shell("npm run demo:down");
  });

  it("the README's two commands start the stack, answer a question, and leave nothing behind", async ({ task }) => {
    const [block] = blocksOf(FILE, task.name);
    const { code, output } = await shell(block?.text ?? "");
    expect(code, output).toBe(0);
    expect(output).toMatch(/Why is the sky blue\?\n\n\S/);
    expect(output).toMatch(/Set-up .*, pulumi up .*, answer .*\./);
    expect(output).toContain("none is left. No container, network or volume carries the stack's label.");
    expect(existsSync(demoFolder)).toBe(false);
  });
});

function shell(script: string): Promise<{ readonly code: number; readonly output: string }> {
  return new Promise((done) => {
    const options = { cwd: repository, maxBuffer: 64 * 1024 * 1024 };
    execFile("bash", ["-euo", "pipefail", "-c", script], options, (error, stdout, stderr) => {
      done({ code: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr });
    });
  });
}
