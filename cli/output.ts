import { styleText } from "node:util";
import type { Sink } from "./surroundings";

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
 * The command's voice. With `json` the result is one JSON document on stdout and nothing else is written there.
 * Colours only on a terminal, and not with `NO_COLOR` (no-color.org); `FORCE_COLOR` wins.
 */
export class Output {
  constructor(
    readonly json: boolean,
    private readonly streams: Streams = { out: process.stdout, err: process.stderr },
  ) {}

  /** True where a person watches: spinners and prompts make sense. */
  get interactive(): boolean {
    return !this.json && this.streams.err.isTTY === true;
  }

  get out(): Sink {
    return this.streams.out;
  }

  get err(): Sink {
    return this.streams.err;
  }

  /** Columns into which text for stdout has to fit, or `undefined` where no terminal shows it: then lines stay whole. */
  get columns(): number | undefined {
    return this.streams.out.isTTY === true ? columnsOf(this.streams.out) : undefined;
  }

  /** The same for stderr. */
  get noteColumns(): number | undefined {
    return this.streams.err.isTTY === true ? columnsOf(this.streams.err) : undefined;
  }

  /** The command's result: the value as JSON, or the text made of it for a person. */
  result(value: unknown, text: () => string): void {
    this.streams.out.write(`${this.json ? JSON.stringify(value, undefined, 2) : text()}\n`);
  }

  /** A line beside the result: a hint, a source, a measure. Silent with `--json`. */
  note(line: string): void {
    if (!this.json) this.streams.err.write(`${line}\n`);
  }

  /** Text for stdout in a colour or weight, if stdout shows any. */
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
