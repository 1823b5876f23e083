import { createInterface, type Interface } from "node:readline";
import { Writable } from "node:stream";
import type { Sink, Source } from "../../process-io";

const HISTORY_LINES = 500;

/** What the user did at the keyboard. */
export type Input = { readonly line: string } | "interrupt" | "end";

/**
 * Reads lines from a terminal, with editing and a history. Lines typed while nobody reads are not shown and wait for the
 * next read.
 */
export class LineEditor {
  readonly #editor: Interface;
  readonly #screen: Screen;
  readonly #waiting: string[] = [];
  #take: ((input: Input) => void) | undefined;
  #ended = false;
  /** Called on Ctrl+C while nobody reads. */
  onInterrupt: (() => void) | undefined;

  constructor(
    input: Source,
    terminal: Sink,
    private readonly promptText: string,
  ) {
    this.#screen = new Screen(terminal);
    this.#editor = createInterface({
      input,
      output: this.#screen,
      terminal: true,
      historySize: HISTORY_LINES,
      removeHistoryDuplicates: true,
      prompt: promptText,
    });
    this.#editor.on("line", (line) => this.#give({ line }));
    this.#editor.on("SIGINT", () => this.#interrupted());
    this.#editor.on("close", () => {
      this.#ended = true;
      this.#give("end");
    });
  }

  /** Waits for the next line, with the prompt before it. */
  read(): Promise<Input> {
    this.#screen.muted = false;
    const typed = this.#waiting.shift();
    if (typed !== undefined) {
      this.#screen.write(`${this.promptText}${typed}\n`);
      this.#screen.muted = true;
      return Promise.resolve({ line: typed });
    }
    if (this.#ended) return Promise.resolve("end");
    return new Promise((resolve) => {
      this.#take = resolve;
      this.#editor.prompt(true);
    });
  }

  close(): void {
    this.#editor.close();
  }

  #give(input: Input): void {
    const take = this.#take;
    this.#take = undefined;
    if (take === undefined) {
      if (typeof input === "object") this.#waiting.push(input.line);
      return;
    }
    this.#screen.muted = true;
    take(input);
  }

  #interrupted(): void {
    if (this.#take === undefined) {
      this.onInterrupt?.();
      return;
    }
    const typed = this.#editor.line;
    this.#screen.write("^C\n");
    if (typed === "") {
      this.#give("interrupt");
      return;
    }
    this.#screen.muted = true;
    this.#editor.write(null, { ctrl: true, name: "e" });
    this.#editor.write(null, { ctrl: true, name: "u" });
    this.#screen.muted = false;
    this.#editor.prompt();
  }
}

/** The terminal, for the editor. While muted, typed text does not mix with an answer on the screen. */
class Screen extends Writable {
  muted = false;
  readonly isTTY = true;

  constructor(private readonly terminal: Sink) {
    super({ decodeStrings: false });
    terminal.on("resize", () => this.emit("resize"));
  }

  get columns(): number {
    return this.terminal.columns ?? 80;
  }

  override _write(chunk: string | Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (!this.muted) this.terminal.write(chunk);
    done();
  }
}
