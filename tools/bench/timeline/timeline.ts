import type { TraceRecord } from "../../../clients/trace-record";
import type { EngineEvent, EventLog } from "./event-log";

/** One resource, from the engine's first step on it to its last. Times are seconds from the start of the update. */
export interface Bar {
  readonly urn: string;
  readonly name: string;
  /** Such as `Container`. */
  readonly type: string;
  readonly kind: Kind;
  readonly op: string;
  readonly start: number;
  readonly end: number;
  readonly failed: boolean;
  /** Bars whose end this one waited for, the last of them first. */
  readonly waitedFor: readonly Bar[];
  /** Whether the update would have been over sooner, had this been faster. */
  critical: boolean;
}

export const KINDS = ["Docker", "Ollama", "OpenSearch", "Certificate", "Other"] as const;
export type Kind = (typeof KINDS)[number];

/** A stretch or an instant within a bar, from the trace. */
export interface Mark {
  readonly urn: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface Timeline {
  readonly bars: readonly Bar[];
  /** Seconds before the engine's first step on a resource. */
  readonly startUp: number;
  readonly total: number;
  readonly waits: readonly Mark[];
  readonly requests: readonly Mark[];
  readonly precise: boolean;
}

/** Steps that change nothing, or are only the other half of another one. */
const SILENT = new Set(["same", "replace", "discard", "read-discard"]);

/**
 * What an update did when, and what waited for what.
 *
 * @param dependencies by URN; without them, a resource is taken to have waited for the last one to end before it.
 */
export function timelineOf(
  log: EventLog,
  trace: readonly TraceRecord[] = [],
  dependencies?: ReadonlyMap<string, readonly string[]>,
): Timeline {
  const zero = log.startedMs ?? log.events[0]?.atMs ?? 0;
  const seconds = (atMs: number) => Math.max(0, (atMs - zero) / 1000);
  const bars = barsOf(log.events, trace, seconds);
  for (const bar of bars) (bar.waitedFor as Bar[]).push(...before(bar, bars, dependencies));
  markCritical(bars);
  const ours = new Set(bars.map(({ urn }) => urn));
  const waits: Mark[] = [];
  const requests: Mark[] = [];
  for (const record of trace) {
    if (record.kind !== "wait" && record.kind !== "request") continue;
    const { urn, startMs, durationMs } = record;
    if (urn === undefined || !ours.has(urn)) continue;
    const span = { urn, start: seconds(startMs), end: seconds(startMs + durationMs) };
    if (record.kind === "wait") waits.push({ ...span, text: record.waitingFor });
    else requests.push({ ...span, text: record.request });
  }
  const last = log.events.at(-1)?.atMs ?? zero;
  return {
    bars,
    startUp: Math.min(...bars.map(({ start }) => start), seconds(last)),
    total: Math.max(seconds(last), ...bars.map(({ end }) => end)),
    waits,
    requests,
    precise: log.precise,
  };
}

function barsOf(
  events: readonly EngineEvent[],
  trace: readonly TraceRecord[],
  seconds: (atMs: number) => number,
): Bar[] {
  const begun = new Map<string, EngineEvent>();
  const bars: Bar[] = [];
  for (const event of events) {
    if (!event.isResource || SILENT.has(event.op)) continue;
    const key = `${event.op} ${event.urn}`;
    if (event.what === "begin") begun.set(key, event);
    const begin = begun.get(key);
    if (begin === undefined || (event.what !== "end" && event.what !== "fail")) continue;
    begun.delete(key);
    const call = callOf(event, trace);
    bars.push({
      urn: event.urn,
      ...namesOf(event),
      op: event.op,
      // Where the engine's log counts in seconds, the provider's own call says when it really was.
      start: seconds(call?.startMs ?? begin.atMs),
      end: seconds(call ? call.startMs + call.durationMs : event.atMs),
      failed: event.what === "fail",
      waitedFor: [],
      critical: false,
    });
  }
  return bars.sort((a, b) => a.start - b.start || a.end - b.end);
}

function callOf(event: EngineEvent, trace: readonly TraceRecord[]) {
  const op = event.op.startsWith("create") ? "create" : event.op.startsWith("delete") ? "delete" : event.op;
  return trace.filter((record) => record.kind === "provider").find((r) => r.urn === event.urn && r.op === op);
}

function namesOf({ urn, type }: EngineEvent): Pick<Bar, "name" | "type" | "kind"> {
  const short = type.slice(type.lastIndexOf(":") + 1);
  return { name: urn.slice(urn.lastIndexOf("::") + 2), type: short, kind: kindOf(type, short) };
}

function kindOf(type: string, short: string): Kind {
  if (type.startsWith("docker:") || short === "ContainerHealth") return "Docker";
  if (!type.includes("ollamachat:")) return "Other";
  if (short === "TlsCertificate") return "Certificate";
  return short === "OllamaModel" ? "Ollama" : "OpenSearch";
}

/** Half a frame of a clock that ticks in milliseconds: an end and the start it allowed may be seen in either order. */
const TOLERANCE_SECONDS = 0.05;

function before(bar: Bar, bars: readonly Bar[], dependencies?: ReadonlyMap<string, readonly string[]>): Bar[] {
  const earlier = bars
    .filter((other) => other !== bar && other.end <= bar.start + TOLERANCE_SECONDS)
    .filter((other) => other.start < bar.start)
    .sort((a, b) => b.end - a.end);
  if (dependencies === undefined) return earlier.slice(0, 1);
  const wanted = dependencies.get(bar.urn) ?? [];
  return earlier.filter(({ urn }) => wanted.includes(urn));
}

function markCritical(bars: readonly Bar[]): void {
  let bar = [...bars].sort((a, b) => b.end - a.end)[0];
  while (bar !== undefined && !bar.critical) {
    bar.critical = true;
    bar = bar.waitedFor[0];
  }
}
