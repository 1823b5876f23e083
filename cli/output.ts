import { styleText } from "node:util";
import type { Sink } from "./process-io";

type Format = Parameters<typeof styleText>[0];

/** Where the command writes: results to `out`, everything else (progress, hints, errors) to `err`. */
export interface Streams {
  readonly out: Sink;
  readonly err: Sink;
}

/** Lines longer than this are hard to read, however wide the terminal is. */
const WIDEST_COLUMNS = 100;
const USUAL_COLUMNS = 80;

/**
 * Writes what the command prints. With `json`, stdout gets the result as one JSON document and nothing else. Colours only
 * on a terminal, and not with `NO_COLOR` (no-color.org); `FORCE_COLOR` wins.
 */
export class Output {
  constructor(
    readonly json: boolean,
    private readonly streams: Streams = { out: process.stdout, err: process.stderr },
  ) {}

  /** Whether a person is watching, so that spinners and prompts make sense. */
  get interactive(): boolean {
    return !this.json && this.streams.err.isTTY === true;
  }

  get out(): Sink {
    return this.streams.out;
  }

  get err(): Sink {
    return this.streams.err;
  }

  /** Width for text on stdout. `undefined` if it is no terminal; then lines are not wrapped. */
  get columns(): number | undefined {
    return this.streams.out.isTTY === true ? columnsOf(this.streams.out) : undefined;
  }

  /** The same for stderr. */
  get noteColumns(): number | undefined {
    return this.streams.err.isTTY === true ? columnsOf(this.streams.err) : undefined;
  }

  /** Writes the command's result: the value as JSON, or the text for people. */
  result(value: unknown, text: () => string): void {
    this.streams.out.write(`${this.json ? JSON.stringify(value, undefined, 2) : text()}\n`);
  }

  /** Writes a line to stderr: a hint, a source, a measure. Silent with `--json`. */
  note(line: string): void {
    if (!this.json) this.streams.err.write(`${line}\n`);
  }

  /** Styles text for stdout, if it shows colours. */
  style(format: Format, text: string): string {
    return styled(format, text, this.streams.out);
  }

  /** The same for stderr. */
  noteStyle(format: Format, text: string): string {
    return styled(format, text, this.streams.err);
  }
}

function columnsOf(terminal: Sink): number {
  return Math.min(terminal.columns || USUAL_COLUMNS, WIDEST_COLUMNS);
}

function styled(format: Format, text: string, stream: Sink): string {
  return styleText(format, text, { stream, validateStream: true });
}
