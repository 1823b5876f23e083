import { readFileSync } from "node:fs";
import { type TraceRecord, traceRecord } from "../../../clients/trace-record";

/** The records of a trace that a command wrote. */
export function readTrace(file: string): TraceRecord[] {
  return lines(file).map((line) => traceRecord.parse(JSON.parse(line)));
}

/** Milliseconds from the start of the first provider call to the end of the last. */
export function providerSpan(records: readonly TraceRecord[]): number {
  const calls = records.filter(({ kind }) => kind === "provider");
  return span(calls.map(({ startMs, durationMs }) => [startMs, startMs + durationMs]));
}

/** The same of a provider that does nothing, from its file of starts and ends. */
export function doNothingSpan(file: string): number {
  return span(lines(file).map((line) => line.split(" ").map(Number)));
}

function span(calls: readonly (readonly number[])[]): number {
  if (calls.length === 0) throw new Error("No provider call was noted.");
  return (
    Math.max(...calls.map(([, end = Number.NaN]) => end)) - Math.min(...calls.map(([start = Number.NaN]) => start))
  );
}

function lines(file: string): string[] {
  return readFileSync(file, "utf8").split("\n").filter(Boolean);
}
