import { z } from "zod";

const side = z.object({ custom: z.boolean().default(false), parent: z.string().default("") }).nullish();
const metadata = z.object({ op: z.string(), urn: z.string(), type: z.string(), old: side, new: side });
const step = z.object({ metadata });

/** That it came is all that counts: the prelude holds the stack's configuration. */
const bare = z.unknown().transform(() => ({}));

const engineEvent = z.object({
  sequence: z.int().default(0),
  /** Seconds since 1970. */
  timestamp: z.number().default(0),
  preludeEvent: bare.optional(),
  resourcePreEvent: step.optional(),
  resOutputsEvent: step.optional(),
  resOpFailedEvent: step.optional(),
  summaryEvent: bare.optional(),
});

/** An event less what no timeline needs: inputs and outputs of resources, which may hold passwords, and messages. */
export function bareEvent(line: string): object | undefined {
  const event = engineEvent.safeParse(json(line, 0));
  if (!event.success) return undefined;
  const { sequence: _sequence, timestamp: _timestamp, ...parts } = event.data;
  return Object.keys(parts).length === 0 ? undefined : event.data;
}

/** A line that `record.ts` wrote: the engine's own event, and when it arrived, to the millisecond. */
const stampedLine = z.object({ receivedMs: z.number(), event: engineEvent });
const startLine = z.object({ startedMs: z.number() });

/** One thing the engine did, or began to do. */
export interface EngineEvent {
  /** Milliseconds since 1970. The engine's own logs count in seconds; see `record.ts`. */
  readonly atMs: number;
  readonly what: "prelude" | "begin" | "end" | "fail" | "summary" | "other";
  readonly op: string;
  readonly urn: string;
  readonly type: string;
  /** False for components, the stack, and providers. */
  readonly isResource: boolean;
  readonly parent: string;
}

export interface EventLog {
  /** When the `pulumi` process was started, where the log tells it. */
  readonly startedMs?: number;
  readonly events: readonly EngineEvent[];
  /** False where times are whole seconds. */
  readonly precise: boolean;
}

/**
 * Reads what `pulumi up --event-log FILE` wrote, or what `record.ts` made of it: one JSON object a line.
 *
 * @throws Error naming the line that is neither.
 */
export function readEventLog(text: string): EventLog {
  let startedMs: number | undefined;
  let precise = false;
  const events: EngineEvent[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const value = json(line, index);
    const start = startLine.safeParse(value);
    if (start.success) {
      startedMs = start.data.startedMs;
      continue;
    }
    const stamped = stampedLine.safeParse(value);
    const event = stamped.success ? stamped.data.event : engineEvent.safeParse(value).data;
    if (event === undefined) throw new Error(`Line ${index + 1} of the event log is no event of Pulumi's engine.`);
    precise ||= stamped.success;
    events.push(simple(event, stamped.success ? stamped.data.receivedMs : event.timestamp * 1000));
  }
  return { startedMs, events, precise };
}

function json(line: string, index: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new Error(`Line ${index + 1} of the event log is no JSON.`);
  }
}

function simple(event: z.infer<typeof engineEvent>, atMs: number): EngineEvent {
  const found = event.resourcePreEvent ?? event.resOutputsEvent ?? event.resOpFailedEvent;
  const { op = "", urn = "", type = "" } = found?.metadata ?? {};
  const known = found?.metadata.new ?? found?.metadata.old;
  const isResource = known?.custom === true && !type.startsWith("pulumi:providers:");
  return { atMs, what: kind(event), op, urn, type, isResource, parent: known?.parent ?? "" };
}

function kind(event: z.infer<typeof engineEvent>): EngineEvent["what"] {
  if (event.preludeEvent !== undefined) return "prelude";
  if (event.resourcePreEvent !== undefined) return "begin";
  if (event.resOutputsEvent !== undefined) return "end";
  if (event.resOpFailedEvent !== undefined) return "fail";
  return event.summaryEvent === undefined ? "other" : "summary";
}
