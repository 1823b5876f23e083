import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Deadline, waitFor } from "../../../clients/wait";
import { freePort } from "../../../toolchain/ollama-server";
import { toolchain } from "./toolchain";

export interface RunningOllama {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** A real Ollama with the chat model, on a free loopback port. One thread: two spin against each other on busy cores. */
export async function startOllama(): Promise<RunningOllama> {
  const found = toolchain?.ollama;
  if (found === undefined) throw new Error("The toolchain has no Ollama.");
  const home = mkdtempSync(join(tmpdir(), "ollama-chat-home-"));
  const host = `127.0.0.1:${await freePort()}`;
  const server = spawn(found.program, ["serve"], {
    env: {
      ...process.env,
      HOME: home,
      OLLAMA_HOST: host,
      OLLAMA_MODELS: found.models,
      OLLAMA_NOPRUNE: "1",
      OLLAMA_NO_CLOUD: "1",
    },
    stdio: "ignore",
  });
  const ended = new Promise<void>((done) => server.on("close", () => done()));
  const endpoint = `http://${host}`;
  await waitFor(
    async () => {
      const answer = await fetch(`${endpoint}/api/version`).catch(() => undefined);
      return answer?.ok ? { done: true } : { last: "no answer" };
    },
    { waitingFor: "Ollama", deadline: Deadline.after(30_000) },
  );
  return {
    endpoint,
    stop: async () => {
      server.kill("SIGTERM");
      await ended;
      rmSync(home, { recursive: true, force: true });
    },
  };
}
