import { setTimeout as sleep } from "node:timers/promises";
import { ServerError, UnreachableError } from "../errors";
import { Deadline } from "../wait";

export interface RetryLimits {
  /** Maximum number of retries. */
  readonly maxRetries: number;
  /** No attempt starts after it. With a deadline, errors that only time can cure are retried until then. */
  readonly deadline?: Deadline;
}

const FIRST_PAUSE_MILLISECONDS = 50;
const LONGEST_PAUSE_MILLISECONDS = 2_000;

/** Two writers collided on a document, or a deployment is running. Retrying helps. */
const CONFLICT = /version conflict|Model is deploying/i;
/** A new node creates its encryption key in the background. The server's text says to wait ten seconds. */
const NOT_READY = /master key has not been initialized/i;
/**
 * A search hit an index that is being created, or a cluster that is starting. If the shards give a reason, the request
 * itself is wrong.
 */
const OPENING = /no_shard_available|all shards failed(?!: )/i;
/** Thrown while a cluster starts or a shard moves. */
const STARTING =
  /not yet initialized|cluster_block_exception.*not recovered|Failed to get data object from index|Failed to search indices|Fail to search/i;

/** The node that was asked had given the request to another node, which is gone. */
const NODE_GONE = /^(?:node_not_connected|node_disconnected|node_closed)_exception$/;

type Verdict = "never" | "counted" | "until deadline";

/** Retries a request as long as the error says that it can succeed later. Any other error is thrown at once. */
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

/** How long a search waits for an index that is being created: seconds on a busy machine. */
const OPENING_MILLISECONDS = 15_000;

/**
 * Limits for a search that may run while its index is being created, such as the search for what an interrupted run
 * left.
 */
export function openingRetry(): { readonly deadline: Deadline } {
  return { deadline: Deadline.after(OPENING_MILLISECONDS) };
}

/** Exponential backoff with jitter, so that colliding writers do not collide again. */
function pauseMilliseconds(tried: number): number {
  const ceiling = Math.min(FIRST_PAUSE_MILLISECONDS * 2 ** Math.min(tried, 10), LONGEST_PAUSE_MILLISECONDS);
  return ceiling / 2 + (Math.random() * ceiling) / 2;
}

function judge(error: unknown, repeatable: boolean): Verdict {
  if (error instanceof UnreachableError) return repeatable || !error.mayHaveArrived ? "counted" : "never";
  if (!(error instanceof ServerError)) return "never";
  if (NOT_READY.test(error.reason) || OPENING.test(error.reason)) return "until deadline";
  if (error.status === 409 && CONFLICT.test(error.reason)) return "until deadline";
  if (NODE_GONE.test(error.type)) return repeatable ? "counted" : "never";
  if (error.status === 429 || error.status === 503 || STARTING.test(error.reason)) return "counted";
  return "never";
}
