import type { Readable, Writable } from "node:stream";

/** An output stream; on a terminal, with its width. */
export type Sink = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** An input stream, maybe a terminal. */
export type Source = Readable & { readonly isTTY?: boolean };

/** Streams and variables of a run. Tests replace the process's own. */
export interface ProcessIo {
  readonly in: Source;
  /** Results. */
  readonly out: Sink;
  /** Everything else: progress, hints, errors. */
  readonly err: Sink;
  readonly environment: NodeJS.ProcessEnv;
}

export function processIo(): ProcessIo {
  return { in: process.stdin, out: process.stdout, err: process.stderr, environment: process.env };
}
