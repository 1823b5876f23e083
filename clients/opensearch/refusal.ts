import { z } from "zod";
import { ServerError, UnexpectedAnswerError } from "../errors";

const cause = z.object({ reason: z.string().nullish() });
const errorBody = z.object({
  error: z.union([
    z.string(),
    z.object({
      type: z.string().optional(),
      reason: z.string().nullish(),
      message: z.string().optional().catch(undefined),
      root_cause: z.array(cause).optional().catch(undefined),
    }),
  ]),
});

/** The security plugin's own API: "status" is a word, and what is wrong stands under either name. */
const securityBody = z.object({
  status: z.string(),
  message: z.string().optional(),
  reason: z.string().optional(),
  invalid_keys: z.object({ keys: z.string() }).optional(),
});

const SHARDS_REFUSE = "search_phase_execution_exception";

/** What the server's answer of a status of 400 or more says, in whichever form it says so. */
export function refusal(request: string, status: number, body: unknown): ServerError {
  const parsed = errorBody.safeParse(body);
  if (parsed.success && typeof parsed.data.error === "object") {
    const { type = "", reason: own, message, root_cause: causes = [] } = parsed.data.error;
    // Gateways before model servers, and before OpenSearch, have OpenAI's form.
    const reason = own ?? message;
    // Of a search that the shards refuse, the reason tells only that they did.
    const more = type === SHARDS_REFUSE && status < 500 ? causes[0]?.reason : undefined;
    const told = [reason, more].filter(Boolean).join(": ") || "no reason given";
    return new ServerError(status, type, told, request);
  }
  if (parsed.success) return new ServerError(status, "", String(parsed.data.error), request);
  const security = securityBody.safeParse(body);
  if (security.success) {
    const { message, reason, invalid_keys: keys } = security.data;
    const told = [message ?? reason, keys?.keys].filter(Boolean).join(": ") || "no reason given";
    return new ServerError(status, "", told, request);
  }
  const text = typeof body === "string" ? body : JSON.stringify(body ?? "");
  return new ServerError(status, "", text.trim().slice(0, 500) || "no reason given", request);
}

/** An answer of another form than the one that is known. */
export function misread(request: string, body: unknown, problem: z.ZodError): UnexpectedAnswerError {
  const kind = typeof body === "string" || body === null ? "not-json" : "misread";
  return new UnexpectedAnswerError(request, z.prettifyError(problem), "opensearch", kind);
}

/**
 * An answer with a status from 300 to 399, which the client takes for a success. ML Commons gives that of a model server
 * as its own; otherwise it is a proxy's.
 */
export function redirect(request: string, status: number, body: unknown, location: unknown): ServerError {
  if (typeof location !== "string") return refusal(request, status, body);
  return new ServerError(status, "", `redirects to ${location}`, request, "opensearch", "redirected");
}

/** Said of a shard that is not there yet, some time after a restart, under a status of 500 or 404 (3.6.0). */
const UNREADABLE = /Failed to get data object from index/;

/** True for the server's "it is not there". That an index cannot be read just now is another thing. */
export function isMissing(error: unknown): boolean {
  return error instanceof ServerError && error.status === 404 && !UNREADABLE.test(error.reason);
}

/** The value, or `undefined` where the server says that the thing is not there. */
export async function orMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
