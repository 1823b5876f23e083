import { ApiError, type ErrorDetail, illegalArgument, statusError } from "../errors";
import { isRecord } from "../index/mapping";
import { JavaDouble } from "../json/java";
import { isJson } from "../json/lenient";
import type { Profile } from "../profiles";
import { postProcess, readPath } from "./process-functions";
import type { RemoteAnswer } from "./remote-call";

export interface ResponseRules {
  profile: Profile;
  postProcessFunction: string | undefined;
  /** JSONPath from the parameter `response_filter`. */
  responseFilter: string | undefined;
}

/** Refuses error statuses and empty bodies of the model server, in the server's words. */
export function checkRemoteStatus({ status, body }: RemoteAnswer, profile: Profile): void {
  const blank = body.trim() === "";
  if (blank && profile.hasOldOutputErrors) throw statusError(400, "No response from model");
  if (status < 200 || status > 300) {
    const text = blank
      ? `Remote service returned error status ${status} with empty body`
      : `Error from remote service: ${body}`;
    throw statusError(status, text);
  }
  if (blank) throw statusError(502, "Remote service returned empty response body");
}

/** Makes the `output` of a prediction from the model server's body. */
export function readRemoteBody(body: string, rules: ResponseRules): unknown[] {
  const parsed = parseBody(body);
  try {
    const processed = postProcess(rules.postProcessFunction, parsed, rules.responseFilter);
    if (processed) return processed;
    if (rules.responseFilter === undefined) return [tensor(mapOf(parsed))];
    return [tensor(filtered(readPath(parsed, rules.responseFilter)))];
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.detail.type === "illegal_argument_exception" && !rules.profile.hasOldOutputErrors) throw error;
    throw mlException(error.detail);
  }
}

function parseBody(body: string): unknown {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const malformed = { type: "malformed_json_exception", reason };
    throw mlException({
      type: "json_syntax_exception",
      reason: `com.google.gson.stream.MalformedJsonException: ${reason}`,
      causedBy: malformed,
    });
  }
  if (typeof parsed !== "object" || parsed === null) throw illegalArgument("Unsupported response type");
  return parsed;
}

function mapOf(parsed: unknown): Record<string, unknown> {
  return isRecord(parsed) ? doubles(parsed) : { response: doubles(parsed) };
}

function filtered(value: unknown): Record<string, unknown> {
  if (typeof value === "string" && isJson(value)) return mapOf(JSON.parse(value));
  return isRecord(value) ? value : { response: value };
}

function tensor(dataAsMap: Record<string, unknown>): unknown {
  return { name: "response", dataAsMap };
}

/** Gson reads every number as a double; the answer shows it. */
function doubles<T>(value: T): T;
function doubles(value: unknown): unknown {
  if (typeof value === "number") return new JavaDouble(value);
  if (Array.isArray(value)) return value.map((item) => doubles(item as unknown));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, doubles(field)]));
}

/** The server says "aws connector" for every kind of connector. Recorded. */
function mlException(causedBy: ErrorDetail): ApiError {
  return new ApiError(500, { type: "m_l_exception", reason: "Fail to execute PREDICT in aws connector", causedBy });
}
