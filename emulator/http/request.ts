import type { IncomingHttpHeaders } from "node:http";
import { illegalArgument, PlainError, parseError } from "../errors";
import { type JsonNode, parseJson } from "../json/parse";
import type { User } from "./security";

/** A request as handlers see it. */
export interface ApiRequest {
  readonly method: string;
  /** Path and query as sent: the server's texts about unknown routes quote it. */
  readonly uri: string;
  readonly path: string;
  readonly query: ReadonlyMap<string, string>;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Values of the route's `{name}` parts, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Who asks; undefined when the emulator runs without users. */
  readonly user: User | undefined;
}

/** An answer: JSON unless `text` is set. */
export interface ApiResponse {
  readonly status: number;
  readonly body?: unknown;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Handler = (request: ApiRequest) => ApiResponse | Promise<ApiResponse>;

export function ok(body: unknown): ApiResponse {
  return { status: 200, body };
}

const JSON_TYPES = /^application\/(?:.*\+)?(?:x-nd|nd)?json\b|^application\/vnd\.opensearch\+json\b/i;

/** The request's JSON, or the server's refusal of a missing body or a foreign content type. */
export function jsonBody(request: ApiRequest): JsonNode {
  const node = optionalJsonBody(request);
  if (!node) throw parseError("request body is required");
  return node;
}

/** The request's JSON, if it has a body. */
export function optionalJsonBody(request: ApiRequest): JsonNode | undefined {
  if (request.body.length === 0) return undefined;
  checkContentType(request);
  return parseJson(request.body.toString("utf8"));
}

export function checkContentType(request: ApiRequest): void {
  const type = request.headers["content-type"];
  if (type === undefined) throw new PlainError(406, "Content-Type header is missing", true);
  if (JSON_TYPES.test(type)) return;
  throw new PlainError(406, `Content-Type header [${type}] is not supported`, true);
}

/** A query parameter that is on or off: present without a value means on. */
export function flagParameter(request: ApiRequest, name: string): boolean {
  const value = request.query.get(name);
  if (value === undefined) return false;
  if (value === "" || value === "true") return true;
  if (value === "false") return false;
  throw illegalArgument(`Failed to parse value [${value}] as only [true] or [false] are allowed.`);
}

/** The value of a route's part; every route that asks for it has it. */
export function pathParameter(request: ApiRequest, name: string): string {
  return request.params[name] ?? "";
}

/** Whether a write asks to be seen by searches at once. */
export function wantsRefresh(request: ApiRequest): boolean {
  const refresh = request.query.get("refresh");
  return refresh !== undefined && refresh !== "false";
}
