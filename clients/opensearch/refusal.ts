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

/** Reads an error answer (status 400 or more) in any of the forms that servers use. */
export function refusal(request: string, status: number, body: unknown): ServerError {
  const parsed = errorBody.safeParse(body);
  if (parsed.success && typeof parsed.data.error === "object") {
    const { type = "", reason: own, message, root_cause: causes = [] } = parsed.data.error;
    // Gateways in front of model servers or OpenSearch use OpenAI's form.
    const reason = own ?? message;
    // If the shards reject a search, `reason` only says that they did.
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

/** The error for an answer that does not have the expected form. */
export function misread(request: string, body: unknown, problem: z.ZodError): UnexpectedAnswerError {
  const kind = typeof body === "string" || body === null ? "not-json" : "misread";
  return new UnexpectedAnswerError(request, z.prettifyError(problem), "opensearch", kind);
}

/**
 * The error for a status from 300 to 399, which the client treats as success. ML Commons passes on a model server's
 * redirect as its own; any other comes from a proxy.
 */
export function redirect(request: string, status: number, body: unknown, location: unknown): ServerError {
  if (typeof location !== "string") return refusal(request, status, body);
  return new ServerError(status, "", `redirects to ${location}`, request, "opensearch", "redirected");
}

/** Said of a shard that is not available yet, shortly after a restart, with status 500 or 404 (3.6.0). */
const UNREADABLE = /Failed to get data object from index/;

/** Whether the server says that the object does not exist. A temporarily unreadable index does not count. */
export function isMissing(error: unknown): boolean {
  return error instanceof ServerError && error.status === 404 && !UNREADABLE.test(error.reason);
}

/** The value, or `undefined` if the server says that the object does not exist. */
export async function orMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** The value, or `undefined` if the server lacks this API. Managed clusters have fewer. */
export async function orUnsupported<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ServerError && [400, 404, 405].includes(error.status)) return undefined;
    throw error;
  }
}
