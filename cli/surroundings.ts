import type { Readable, Writable } from "node:stream";

/** A stream to write to; a terminal says so and how wide it is. */
export type Sink = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** A stream to read from; a terminal says so and can be read key by key. */
export type Source = Readable & { readonly isTTY?: boolean };

/** What a run of the command line reads and writes: the process's own, or in tests others. */
export interface Surroundings {
  readonly in: Source;
  /** Results. */
  readonly out: Sink;
  /** Everything else: progress, hints, errors. */
  readonly err: Sink;
  readonly environment: NodeJS.ProcessEnv;
}

export function processSurroundings(): Surroundings {
  return { in: process.stdin, out: process.stdout, err: process.stderr, environment: process.env };
}
