import { setTimeout as sleep } from "node:timers/promises";
import { statusError } from "../errors";
import type { ClientConfig } from "./connector-document";
import type { RemoteAnswer } from "./remote-call";

/**
 * Repeats a call that the model server throttled, as `client_config` says: up to `max_retry_times` (-1 without end)
 * within `retry_timeout_seconds`. The server knows throttling by Amazon's header only, not by status 429. Read in source.
 */
export async function withRetries(
  config: ClientConfig | undefined,
  attempt: () => Promise<RemoteAnswer>,
): Promise<RemoteAnswer> {
  const most = Number(config?.max_retry_times ?? 0);
  const endsAt = Date.now() + Number(config?.retry_timeout_seconds ?? 30) * 1000;
  for (let retries = 0; ; retries++) {
    const answer = await attempt();
    if (!answer.isThrottled) return answer;
    const delayMs = backoffMs(config, retries);
    if ((most >= 0 && retries >= most) || Date.now() + delayMs > endsAt) throw throttled(answer.status);
    await sleep(delayMs);
  }
}

function backoffMs(config: ClientConfig | undefined, retries: number): number {
  const base = Number(config?.retry_backoff_millis ?? 200);
  const exponential = base * 2 ** Math.min(retries, 10);
  if (config?.retry_backoff_policy === "exponential_full_jitter") return Math.random() * exponential;
  if (config?.retry_backoff_policy === "exponential_equal_jitter")
    return exponential / 2 + (Math.random() * exponential) / 2;
  return base;
}

function throttled(status: number): Error {
  const advice = "To change the retry policy and behavior, please update the connector client_config.";
  return statusError(
    status,
    `Error from remote service: The request was denied due to remote server throttling. ${advice}`,
  );
}
