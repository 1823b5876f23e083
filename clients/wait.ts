import { setTimeout as sleep } from "node:timers/promises";
import type { Server } from "../diagnosis/failure";
import { DeadlineError } from "./errors";
import { currentUrn } from "./on-behalf";
import { report } from "./report";
import { clockMs, trace } from "./trace";

/** The maximum of Node's timers: 24 days. Longer ones fire at once. */
export const LONGEST_TIMER_MILLISECONDS = 2 ** 31 - 1;
/** The same in whole seconds. */
export const MOST_SECONDS = Math.floor(LONGEST_TIMER_MILLISECONDS / 1000);

/** A point in time by which an operation must be done, shared by all its steps. */
export class Deadline {
  private constructor(
    private readonly end: number,
    readonly seconds: number,
  ) {}

  static after(milliseconds: number): Deadline {
    return new Deadline(performance.now() + milliseconds, milliseconds / 1000);
  }

  get remainingMilliseconds(): number {
    return Math.max(0, this.end - performance.now());
  }

  get passed(): boolean {
    return this.remainingMilliseconds === 0;
  }

  /** Sleeps, but never past the deadline. */
  async pause(milliseconds: number): Promise<void> {
    await sleep(Math.min(milliseconds, this.remainingMilliseconds));
  }
}

/** Result of one check: the awaited value, or what was seen instead. */
export type Look<T> = { readonly done: T } | { readonly last: string; readonly error?: unknown };

export interface WaitOptions {
  /** Completes "Waiting for …" in messages. */
  readonly waitingFor: string;
  /** The server waited for, so that a time-out is explained in its terms. Default: OpenSearch. */
  readonly server?: Server;
  readonly deadline: Deadline;
  /** Shortest interval between checks. Default: 20. */
  readonly startMilliseconds?: number;
  /** Longest interval. Default: 1000. */
  readonly maximumMilliseconds?: number;
  /** Called when the wait gets long (5 s) and every 30 s after. Default: reports it on the current resource, if any. */
  readonly onLong?: (line: string) => void;
}

const LONG_MILLISECONDS = 5_000;
const REPEAT_MILLISECONDS = 30_000;
/**
 * How late a wait may notice the result, as a share of the time waited. The interval grows with time, not with the
 * number of checks.
 */
const LATENESS = 0.05;

/** Checks repeatedly, quickly at first, until the awaited value appears or the deadline passes. */
export async function waitFor<T>(look: () => Promise<Look<T>>, options: WaitOptions): Promise<T> {
  const startMs = clockMs();
  let looks = 0;
  const counted = () => {
    looks += 1;
    return look();
  };
  try {
    return await lookUntil(counted, options);
  } finally {
    // A result of the first check was not waited for.
    if (looks > 1) trace("wait", startMs, { waitingFor: options.waitingFor, looks });
  }
}

async function lookUntil<T>(look: () => Promise<Look<T>>, options: WaitOptions): Promise<T> {
  const started = performance.now();
  const { startMilliseconds = 20, maximumMilliseconds = 1_000 } = options;
  let nextLine = started + LONG_MILLISECONDS;
  for (;;) {
    const seen = await look();
    if ("done" in seen) return seen.done;
    if (options.deadline.passed) {
      const { waitingFor, deadline, server } = options;
      throw new DeadlineError(waitingFor, deadline.seconds, seen.last, { server, error: seen.error });
    }
    const waited = performance.now() - started;
    if (started + waited >= nextLine) {
      const onLong = options.onLong ?? reportOnResource;
      onLong(`still waiting for ${options.waitingFor} after ${Math.round(waited / 1000)} s (${seen.last})`);
      nextLine += REPEAT_MILLISECONDS;
    }
    const interval = Math.max(waited * LATENESS, startMilliseconds);
    await options.deadline.pause(Math.min(interval, maximumMilliseconds));
  }
}

function reportOnResource(line: string): void {
  if (currentUrn()) report(line, { passing: true });
}
