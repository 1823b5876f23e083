import { setTimeout as sleep } from "node:timers/promises";
import { ServerError, UnreachableError } from "../errors";
import { Deadline } from "../wait";

export interface RetryLimits {
  /** How often a request is tried again. */
  readonly maxRetries: number;
  /** No try starts after it; with it, refusals that only time cures are repeated until then. */
  readonly deadline?: Deadline;
}

const FIRST_PAUSE_MILLISECONDS = 50;
const LONGEST_PAUSE_MILLISECONDS = 2_000;

/** Two writers met on one document, or a deployment is on its way; the loser only has to try again. */
const CONFLICT = /version conflict|Model is deploying/i;
/** A fresh node makes its encryption key in the background; the server's text asks to wait ten seconds. */
const NOT_READY = /master key has not been initialized/i;
/** A search met an index that is being made at this moment, or a cluster that starts; where they tell why they refuse, it is the request. */
const OPENING = /no_shard_available|all shards failed(?!: )/i;
/** Thrown at while a cluster starts or a shard moves. */
const STARTING =
  /not yet initialized|cluster_block_exception.*not recovered|Failed to get data object from index|Failed to search indices|Fail to search/i;

type Verdict = "never" | "counted" | "until deadline";

/** Repeats a request while the server's own words say that it can succeed later; anything else fails at once. */
export async function retrying<T>(
  send: () => Promise<T>,
  limits: RetryLimits & { readonly repeatable: boolean },
): Promise<T> {
  for (let tried = 0; ; tried += 1) {
    try {
      return await send();
    } catch (error) {
      const verdict = judge(error, limits.repeatable);
      if (verdict === "never" || limits.deadline?.passed) throw error;
      const patient = verdict === "until deadline" && limits.deadline !== undefined;
      if (!patient && tried >= limits.maxRetries) throw error;
      await sleep(pauseMilliseconds(tried));
    }
  }
}

/** How long a search waits for an index that is being made: seconds on a busy machine. */
const OPENING_MILLISECONDS = 15_000;

/** The limits of a search that may run while the index is made, such as one for what an interrupted run left. */
export function whileOpening(): { readonly deadline: Deadline } {
  return { deadline: Deadline.after(OPENING_MILLISECONDS) };
}

/** Doubling with full jitter, so that writers which collided do not meet again. */
function pauseMilliseconds(tried: number): number {
  const ceiling = Math.min(FIRST_PAUSE_MILLISECONDS * 2 ** Math.min(tried, 10), LONGEST_PAUSE_MILLISECONDS);
  return ceiling / 2 + (Math.random() * ceiling) / 2;
}

function judge(error: unknown, repeatable: boolean): Verdict {
  if (error instanceof UnreachableError) return repeatable || !error.mayHaveArrived ? "counted" : "never";
  if (!(error instanceof ServerError)) return "never";
  if (NOT_READY.test(error.reason) || OPENING.test(error.reason)) return "until deadline";
  if (error.status === 409 && CONFLICT.test(error.reason)) return "until deadline";
  if (error.status === 429 || error.status === 503 || STARTING.test(error.reason)) return "counted";
  return "never";
}
