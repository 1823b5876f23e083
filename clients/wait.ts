import { setTimeout as sleep } from "node:timers/promises";
import { DeadlineError } from "./errors";

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

/** What one look at the server found: the awaited value, or what it showed instead. */
export type Look<T> = { readonly done: T } | { readonly last: string };

export interface WaitOptions {
  /** Completes "Waiting for …"; a person reads it. */
  readonly waitingFor: string;
  readonly deadline: Deadline;
  /** First interval between two looks. Default: 40. */
  readonly startMilliseconds?: number;
  /** Longest interval. Default: 1000. */
  readonly maximumMilliseconds?: number;
  /** Told once when the wait gets long (5 s) and every 30 s after. */
  readonly onLong?: (line: string) => void;
}

const LONG_MILLISECONDS = 5_000;
const REPEAT_MILLISECONDS = 30_000;

/** Looks again and again, quickly at first, until the awaited shows or the deadline passes. */
export async function waitFor<T>(look: () => Promise<Look<T>>, options: WaitOptions): Promise<T> {
  const started = performance.now();
  let interval = options.startMilliseconds ?? 40;
  let nextLine = started + LONG_MILLISECONDS;
  for (;;) {
    const seen = await look();
    if ("done" in seen) return seen.done;
    if (options.deadline.passed) throw new DeadlineError(options.waitingFor, options.deadline.seconds, seen.last);
    if (performance.now() >= nextLine) {
      const waited = Math.round((performance.now() - started) / 1000);
      options.onLong?.(`still waiting for ${options.waitingFor} after ${waited} s (${seen.last})`);
      nextLine += REPEAT_MILLISECONDS;
    }
    await options.deadline.pause(interval);
    interval = Math.min(interval * 1.5, options.maximumMilliseconds ?? 1_000);
  }
}
