import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ToolchainError } from "./failure";
import type { Step } from "./steps";

const startSeconds = 30;

/** Runs a separate Ollama server on a free loopback port, with its own home, during `action`. */
export async function withOllamaServer<T>(
  program: string,
  modelFolder: string,
  step: Step,
  action: (address: string) => Promise<T>,
): Promise<T> {
  const home = mkdtempSync(join(tmpdir(), "pulumi-ollama-chat-ollama-"));
  const address = `127.0.0.1:${await freePort()}`;
  const environment = { ...process.env, HOME: home, OLLAMA_HOST: address, OLLAMA_MODELS: modelFolder };
  const server = spawn(program, ["serve"], { env: environment, stdio: ["ignore", "pipe", "pipe"] });
  server.stdout.pipe(step.log, { end: false });
  server.stderr.pipe(step.log, { end: false });
  const ended = new Promise<void>((resolve) => server.on("close", () => resolve()));
  try {
    await waitUntilReady(address, () => server.exitCode !== null);
    return await action(address);
  } finally {
    server.kill("SIGTERM");
    await ended;
    rmSync(home, { recursive: true, force: true });
  }
}

async function waitUntilReady(address: string, hasEnded: () => boolean): Promise<void> {
  const deadline = performance.now() + startSeconds * 1000;
  while (performance.now() < deadline && !hasEnded()) {
    const response = await fetch(`http://${address}/api/version`).catch(() => undefined);
    if (response?.ok) return;
    await sleep(50);
  }
  throw new ToolchainError(`Ollama was started at ${address}, but doesn't answer.`);
}

/** A TCP port on the loopback address that is free now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
