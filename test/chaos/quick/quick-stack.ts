import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../../../tools/toolchain/package-root";
import type { Spec } from "../../engine/support/resource-world";
import type { Command, Ended, Kept, Running, Stack } from "../stack";
import type { Job } from "./job";
import { readState } from "./run-job";

const CHILD = join(packageRoot, "dist", "test", "chaos", "quick", "child.js");

interface QuickOptions {
  /** Name of the stack, part of its resources' URNs. */
  readonly stack?: string;
  /** Its backend. Stacks of the same name in two backends are different stacks. */
  readonly backend?: string;
}

/** A stack under the quick engine. */
export class QuickStack implements Stack {
  readonly #folder = mkdtempSync(join(tmpdir(), "ollama-chat-chaos-"));
  readonly #stateFile = join(this.#folder, "state.json");
  #program: readonly Spec[] = [];

  constructor(private readonly options: QuickOptions = {}) {}

  declare(program: readonly Spec[]): void {
    this.#program = program;
  }

  start(command: Command): Running {
    const { stack = "dev", backend = this.#folder } = this.options;
    const job: Job = {
      command,
      stack,
      project: "chaos",
      stateFile: this.#stateFile,
      environment: { PULUMI_BACKEND_URL: `file://${backend}` },
      program: this.#program.map(({ type, name, args }) => ({ type, name, args })),
    };
    const child = takeSpare();
    const ended = endOf(child);
    child.send(job);
    return {
      ended,
      kill: async () => {
        child.kill("SIGKILL");
        await ended;
      },
      sweep: async () => undefined,
    };
  }

  async unlock(): Promise<Ended> {
    return { code: 0, output: "" };
  }

  resources(): readonly Kept[] {
    return readState(this.#stateFile).resources.filter(({ replaced }) => !replaced);
  }

  stateText(): string {
    return "";
  }

  /** The state with plain-text secrets, which the real engine never writes. */
  plainState(): string {
    return readFileSync(this.#stateFile, "utf8");
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

async function endOf(child: ChildProcess): Promise<Ended> {
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const [code] = (await once(child, "close")) as [number | null];
  return { code: code ?? 1, output };
}

let spare: ChildProcess | undefined;

/** A child that is ready for a job. The next one starts loading meanwhile. */
function takeSpare(): ChildProcess {
  const taken = spare ?? newChild();
  spare = newChild();
  taken.ref();
  return taken;
}

function newChild(): ChildProcess {
  const child = fork(CHILD, [], { stdio: ["ignore", "pipe", "pipe", "ipc"], execArgv: [] });
  child.unref();
  child.channel?.unref();
  return child;
}

/** Ends the spare child. */
export function endSpare(): void {
  spare?.kill("SIGKILL");
  spare = undefined;
}
