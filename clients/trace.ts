import { channel } from "node:diagnostics_channel";
import { currentUrn } from "./on-behalf";

/** One attempt of a request to a server. */
export interface RequestEvent {
  readonly server: "opensearch" | "ollama";
  /** Method and path, such as `POST /_plugins/_ml/connectors/_create`. */
  readonly request: string;
  /** HTTP status; absent without an answer. */
  readonly status?: number;
  /** Number of the attempt, from 1. */
  readonly try: number;
}

/** Time spent waiting for a server, or for another call of the same process. */
export interface WaitEvent {
  /** Completes "Waiting for …". */
  readonly waitingFor: string;
  /** Number of checks; 0 if nothing is checked, such as in a queue. */
  readonly looks: number;
}

/** One call from the engine to a resource's provider. */
export interface CallEvent {
  readonly op: "check" | "diff" | "create" | "read" | "update" | "delete";
  readonly ok: boolean;
}

/** The engine's first call to a provider process. */
export interface ProcessEvent {
  /** When the first module of this package began to load. */
  readonly firstModuleMs: number;
}

interface Events {
  readonly request: RequestEvent;
  readonly wait: WaitEvent;
  readonly call: CallEvent;
  readonly process: ProcessEvent;
}

/** Members of every event. Times are milliseconds since 1970, with fractions. */
export interface EventTimes {
  readonly startMs: number;
  readonly durationMs: number;
  /** The resource that it was done for, if known. */
  readonly urn?: string;
}

/** An event as listeners receive it. */
export type Message<K extends keyof Events> = EventTimes & Events[K];

/**
 * The channels of Node.js's `diagnostics_channel` on which this package reports what it does, without bodies or
 * secrets. Nothing in the package listens; tools/bench/trace-listener.ts writes them to a file.
 */
export const CHANNELS = {
  request: "ollama-chat:request",
  wait: "ollama-chat:wait",
  call: "ollama-chat:call",
  process: "ollama-chat:process",
} as const satisfies Record<keyof Events, string>;

/** Milliseconds since 1970, with fractions, on a clock that never jumps within a process. */
export function clockMs(): number {
  return performance.timeOrigin + performance.now();
}

/** Reports something that began at `startMs` and has just ended. */
export function trace<K extends keyof Events>(kind: K, startMs: number, event: Events[K]): void {
  const listeners = channel(CHANNELS[kind]);
  if (!listeners.hasSubscribers) return;
  const message: Message<K> = {
    startMs,
    durationMs: clockMs() - startMs,
    urn: currentUrn() || undefined,
    ...event,
  };
  listeners.publish(message);
}
