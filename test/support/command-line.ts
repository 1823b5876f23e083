import { PassThrough } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import type { Sink, Source } from "../../cli/process-io";
import { run } from "../../cli/program";
import { Collected } from "./collected";

export interface CommandLineOptions {
  /** Standard input. Default: empty. */
  readonly input?: string;
  /** Make stdin, stdout and stderr terminals of 80 columns. */
  readonly terminal?: boolean;
  readonly environment?: NodeJS.ProcessEnv;
}

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A run of `ollama-chat` in this process, with its own streams. */
export class CommandLine {
  readonly ended: Promise<Ended>;
  readonly #in = new PassThrough();
  readonly #out = new Collected();
  readonly #err = new Collected();

  constructor(args: readonly string[], options: CommandLineOptions = {}) {
    const { input = "", terminal = false, environment = {} } = options;
    const source: Source = Object.assign(this.#in, terminal ? { isTTY: true } : {});
    const screens = [this.#out, this.#err].map((sink): Sink => Object.assign(sink, terminal ? SCREEN : {}));
    const [out = this.#out, err = this.#err] = screens;
    if (!terminal) this.#in.end(input);
    this.ended = run(["node", "ollama-chat", ...args], { in: source, out, err, environment }).then((code) => ({
      code,
      out: this.#out.text,
      err: this.#err.text,
    }));
  }

  /** Types keys into the terminal. */
  type(keys: string): void {
    this.#in.write(keys);
  }

  /** The terminal's content, without colours. */
  get screen(): string {
    return stripVTControlCharacters(this.#err.text + this.#out.text);
  }

  /** Waits until the terminal has shown a text a number of times. */
  async shows(text: string, times = 1): Promise<void> {
    const startedAt = performance.now();
    while (this.screen.split(text).length - 1 < times) {
      if (performance.now() - startedAt > LIMIT_MILLISECONDS) {
        throw new Error(`${JSON.stringify(text)} did not show; the screen is:\n${this.screen}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

/** Runs a command to its end. */
export async function commandLine(args: readonly string[], options?: CommandLineOptions): Promise<Ended> {
  return await new CommandLine(args, options).ended;
}

const LIMIT_MILLISECONDS = 4_000;
const SCREEN = { isTTY: true, columns: 80 };
