import type { z } from "zod/mini";
import { type Problem, refusalSchema } from "./protocol";
import { takeToken } from "./token";

/** A request that failed, with the server's own explanation, or that of a lost connection. */
export class RequestError extends Error {
  constructor(
    readonly problem: Problem,
    /** The HTTP status. Absent if there was no answer. */
    readonly status?: number,
  ) {
    super(problem.what);
    this.name = "RequestError";
  }
}

const LOST: Problem = {
  what: "The connection to ollama-chat web is lost.",
  cause: "The command has ended, or this device cannot reach it any more.",
  fix: "Start ollama-chat web again, then try again here. The conversation is kept.",
};

const OTHER_RELEASE: Problem = {
  what: "The page does not understand the server's answer.",
  cause: "The page is of another release than ollama-chat web.",
  fix: "Reload the page.",
};

/** The explanation of an error for the reader. */
export function problemOf(error: unknown): Problem {
  return error instanceof RequestError ? error.problem : LOST;
}

/**
 * Sends a request to the page's server.
 *
 * @throws RequestError if there is no answer, or it is a refusal.
 */
async function send(path: string, init: RequestInit): Promise<Response> {
  const token = takeToken();
  const headers = new Headers(init.headers);
  if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
  const response = await fetch(path, { ...init, headers }).catch((error: unknown) => {
    throw init.signal?.aborted ? error : new RequestError(LOST);
  });
  if (response.ok) return response;
  const refusal = refusalSchema.safeParse(await response.json().catch(() => undefined));
  throw new RequestError(refusal.success ? refusal.data.error : OTHER_RELEASE, response.status);
}

/** Gets a JSON document. */
export function getJson<T extends z.ZodMiniType>(path: string, schema: T): Promise<z.infer<T>> {
  return jsonFrom(path, {}, schema);
}

/** Sends a request that is answered by a JSON document. */
export async function jsonFrom<T extends z.ZodMiniType>(
  path: string,
  init: RequestInit,
  schema: T,
): Promise<z.infer<T>> {
  const response = await send(path, init);
  return understood(schema, await response.json().catch(() => undefined));
}

/** Sends JSON, and yields the lines of the answer as they come. Ends early, without an error, if the connection breaks. */
export async function* eventsOf<T extends z.ZodMiniType>(
  path: string,
  init: RequestInit,
  schema: T,
): AsyncGenerator<z.infer<T>> {
  const response = await send(path, init);
  if (response.body === null) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = ""; ; ) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      throw init.signal?.aborted ? error : new RequestError(LOST);
    });
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield understood(schema, JSON.parse(line));
  }
}

function understood<T extends z.ZodMiniType>(schema: T, value: unknown): z.infer<T> {
  const checked = schema.safeParse(value);
  if (!checked.success) throw new RequestError(OTHER_RELEASE);
  return checked.data;
}

export function lost(): RequestError {
  return new RequestError(LOST);
}

/** A request with a JSON body. */
export function posted(body: unknown, signal?: AbortSignal): RequestInit {
  const headers = { "content-type": "application/json" };
  return { method: "POST", headers, body: JSON.stringify(body), signal };
}
