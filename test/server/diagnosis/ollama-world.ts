import { readdirSync, readFileSync } from "node:fs";
import { OllamaServer } from "../../../clients/ollama/server";
import { pullModel } from "../../../clients/ollama/streams";
import { Deadline } from "../../../clients/wait";
import { type RunningOllama, startOllama } from "../../support/ollama";
import type { Masks, Provocation } from "./provocation";
import { RegistryDouble } from "./registry-double";

export const MODEL = "smollm2:135m";

/** A provocation of a real Ollama. */
export interface OllamaProvocation extends Provocation<OllamaWorld> {
  /** Variables that the server is started with. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A real Ollama with the chat model and a models folder of its own, and a registry that answers as a test says. */
export class OllamaWorld {
  private readonly last: (() => unknown)[] = [];

  private constructor(
    readonly ollama: RunningOllama,
    readonly registry: RegistryDouble,
  ) {}

  static async start(environment: Readonly<Record<string, string>> = {}): Promise<OllamaWorld> {
    return new OllamaWorld(await startOllama({ environment, ownModels: true }), await new RegistryDouble().start());
  }

  /** Something to be put away at the end. */
  whenStopped(task: () => unknown): void {
    this.last.push(task);
  }

  async stop(): Promise<void> {
    for (const task of this.last) await task();
    await this.registry.stop();
    await this.ollama.stop();
  }

  get server(): OllamaServer {
    return new OllamaServer(this.ollama.endpoint);
  }

  /** Pulls the registry's model, or another one, without a pause between tries. */
  async pull(model = this.registry.model, insecure = true): Promise<void> {
    await pullModel(this.server, model, insecure, { deadline: Deadline.after(60_000), pauseSeconds: 0.001 });
  }

  /** Kills what runs the model, as the kernel does for want of memory, once it is in this state. */
  async killRunner(state: keyof typeof RUNNER_STATES): Promise<void> {
    const deadline = Deadline.after(60_000);
    while (!deadline.passed) {
      const [runner] = runnersOf(this.ollama.processId);
      if (runner !== undefined && (await stateOf(runner)) === RUNNER_STATES[state]) {
        process.kill(runner.id, "SIGKILL");
        return;
      }
      // To load a small model takes no more than some tenths of a second.
      await deadline.pause(1);
    }
    throw new Error(`No runner of Ollama was seen ${state}.`);
  }
}

export function ollamaMasks({ ollama, registry }: OllamaWorld): Masks {
  return [
    [ollama.models, "MODELS"],
    [ollama.endpoint, "OLLAMA"],
    [new URL(ollama.endpoint).host, "OLLAMA"],
    [new URL(registry.endpoint).host, "REGISTRY"],
    [/(?<=read tcp )127\.0\.0\.1:\d+/g, "SOMEWHERE"],
    [/127\.0\.0\.1:\d{4,}/g, "ELSEWHERE"],
    [/[\d.]+ [KMGT]iB/g, "SIZE"],
    [/sha256-[0-9a-f]{64}/g, "FILE"],
    [/(?<=; last seen: pulling ).*/g, "AS FAR"],
  ];
}

/** `ServerStatus` of Ollama's `llm/server.go`. */
const RUNNER_STATES = { ready: 0, loading: 3 } as const;

interface Runner {
  readonly id: number;
  readonly port: string;
}

/** Ollama also starts itself without a model, to look for graphics cards. */
function runnersOf(ollama: number): Runner[] {
  const children = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && parentOf(name) === ollama);
  return children.flatMap((id) => {
    const line = textOf(`/proc/${id}/cmdline`).replaceAll("\0", " ");
    const [, port] = / --port (\d+)/.exec(line) ?? [];
    return line.includes(" --model ") && port !== undefined ? [{ id: Number(id), port }] : [];
  });
}

async function stateOf({ port }: Runner): Promise<number | undefined> {
  const health = await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined);
  return ((await health?.json().catch(() => undefined)) as { status?: number } | undefined)?.status;
}

/** From `/proc/ID/stat`: `ID (name) state parent ...`; the name may hold anything. */
function parentOf(id: string): number {
  const stat = textOf(`/proc/${id}/stat`);
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
}

/** "" where the process has ended meanwhile. */
function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
