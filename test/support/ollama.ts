import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Deadline, waitFor } from "../../clients/wait";
import { freePort } from "../../tools/toolchain/ollama-server";
import { readSelection } from "../../tools/toolchain/selection";

export interface OllamaOptions {
  /** Variables such as `OLLAMA_MAX_QUEUE`. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Gives it its own models folder, linked to the toolchain's models, for tests that pull or break one. */
  readonly ownModels?: boolean;
  /** Listens at all addresses of the machine, so that containers reach it. */
  readonly forContainers?: boolean;
  /** Default: a free one. */
  readonly port?: number;
}

export interface RunningOllama {
  readonly endpoint: string;
  readonly processId: number;
  /** Its models folder. */
  readonly models: string;
  stop(): Promise<void>;
}

/** How long Ollama may take to exit. */
const STOP_MILLISECONDS = 5_000;

/** A real Ollama with the chat model, on a free loopback port. One thread, since two would spin on busy cores. */
export async function startOllama(options: OllamaOptions = {}): Promise<RunningOllama> {
  const { environment = {}, ownModels = false, forContainers = false } = options;
  const found = readSelection()?.ollama;
  if (found === undefined) throw new Error("The toolchain has no Ollama.");
  const home = mkdtempSync(join(tmpdir(), "ollama-chat-home-"));
  const models = ownModels ? join(home, "models") : found.models;
  if (ownModels) linkFiles(found.models, models);
  const port = options.port ?? (await freePort());
  const host = `${forContainers ? "0.0.0.0" : "127.0.0.1"}:${port}`;
  const server = spawn(found.program, ["serve"], {
    env: {
      ...process.env,
      HOME: home,
      OLLAMA_HOST: host,
      OLLAMA_MODELS: models,
      OLLAMA_NOPRUNE: "1",
      OLLAMA_NO_CLOUD: "1",
      ...environment,
    },
    stdio: "ignore",
  });
  const ended = new Promise<void>((done) => server.on("close", () => done()));
  const endpoint = `http://127.0.0.1:${port}`;
  await waitFor(
    async () => {
      const answer = await fetch(`${endpoint}/api/version`).catch(() => undefined);
      return answer?.ok ? { done: true } : { last: "no answer" };
    },
    { waitingFor: "Ollama", deadline: Deadline.after(30_000) },
  );
  return {
    endpoint,
    processId: server.pid ?? 0,
    models,
    stop: async () => {
      server.kill("SIGTERM");
      // With queued questions, Ollama may wait forever for its own runner to exit.
      const impatient = setTimeout(() => server.kill("SIGKILL"), STOP_MILLISECONDS);
      await ended;
      clearTimeout(impatient);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function linkFiles(source: string, target: string): void {
  mkdirSync(target, { recursive: true });
  for (const name of readdirSync(source)) {
    const [from, to] = [join(source, name), join(target, name)];
    if (statSync(from).isDirectory()) linkFiles(from, to);
    else symlinkSync(from, to);
  }
}
