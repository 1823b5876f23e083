import { openSync, writeSync } from "node:fs";
import { messageOf } from "../diagnosis/failure";
import { resourceInCharge } from "./on-behalf";
import type { TraceRecord } from "./trace-record";

/**
 * Environment variable with the file that the provider process, the clients and `ollama-chat` append what they do to:
 * one JSON object a line, described in `trace-record.ts`. Several processes may share the file. No bodies, no secrets.
 * Default: none, and then tracing costs nothing.
 */
export const TRACE_VARIABLE = "OLLAMA_CHAT_TRACE";

type Common = "v" | "pid" | "startMs" | "durationMs";
type Details<R> = R extends TraceRecord ? Omit<R, Common> : never;

let file = openTrace(process.env[TRACE_VARIABLE]);

/** Whether this process was asked for a trace that it can write. */
export const tracing = file !== undefined;

/** Milliseconds since 1970, with fractions, on a clock that never jumps within a process. */
export function clockMs(): number {
  return performance.timeOrigin + performance.now();
}

/** Appends one record of something that began at `startMs` and is over now. */
export function trace(startMs: number, details: Details<TraceRecord>): void {
  if (file === undefined) return;
  const urn = resourceInCharge();
  const common = { v: 1, pid: process.pid, startMs: rounded(startMs), durationMs: rounded(clockMs() - startMs) };
  try {
    // One write a line: the system keeps appends of several processes apart.
    writeSync(file, `${JSON.stringify({ ...common, ...(urn ? { urn } : {}), ...details })}\n`);
  } catch (error) {
    file = undefined;
    warn(error);
  }
}

function openTrace(path: string | undefined): number | undefined {
  if (!path) return undefined;
  try {
    return openSync(path, "a");
  } catch (error) {
    warn(error);
    return undefined;
  }
}

/** A trace is an aid: what it was to watch goes on without it. */
function warn(error: unknown): void {
  console.error(`warning: ${TRACE_VARIABLE}: no trace is written: ${messageOf(error)}`);
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
