// The `/browser` entry is the same client without file access. In the other one, `create` fails if the working
// directory contains a file with the name of the base model.
import { Ollama } from "ollama/browser";
import { z } from "zod";
import { normalUrl } from "../base-url";
import { neverArrived, ServerError, UnexpectedAnswerError, UnreachableError } from "../errors";
import { clockMs, trace } from "../trace";
import { LONGEST_TIMER_MILLISECONDS } from "../wait";
import { httpFetch } from "./http-fetch";

/** One request of Ollama's API. */
export interface OllamaCall<T> {
  /** Method and path, for messages. */
  readonly name: string;
  readonly send: (client: Ollama) => Promise<unknown>;
  readonly answer: z.ZodType<T>;
  /** Time limit for the whole answer. Default: 30. */
  readonly timeoutSeconds?: number;
}

const DEFAULT_TIMEOUT_SECONDS = 30;

/** An Ollama server with typed answers and the errors of `clients/errors`. */
export class OllamaServer {
  /** Base URL in canonical form. */
  readonly endpoint: string;

  /** @param headers sent with each request, such as those of `authHeaders` */
  constructor(
    endpoint: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    this.endpoint = normalUrl(endpoint);
  }

  async call<T>(call: OllamaCall<T>): Promise<T> {
    const limit = (call.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS) * 1000;
    const signal = AbortSignal.timeout(Math.max(1, Math.min(Math.ceil(limit), LONGEST_TIMER_MILLISECONDS)));
    const body = await call.send(this.client(call.name, signal)).catch((error: unknown) => {
      throw this.translated(call.name, error, signal);
    });
    const parsed = call.answer.safeParse(body);
    if (parsed.success) return parsed.data;
    throw new UnexpectedAnswerError(call.name, z.prettifyError(parsed.error), "ollama");
  }

  /**
   * The official client for one request. `signal` cancels it. An error answer is thrown as a `ServerError`.
   *
   * @param tried number of the attempt, from 1
   */
  client(request: string, signal: AbortSignal, tried = 1): Ollama {
    const fetch = async (url: unknown, init: RequestInit = {}): Promise<Response> => {
      const signals = init.signal ? [signal, init.signal] : [signal];
      const startMs = clockMs();
      const onEnd = (status: number | undefined) =>
        trace("request", startMs, { server: "ollama", request, status, try: tried });
      const response = await httpFetch(String(url), { ...init, signal: AbortSignal.any(signals) }, onEnd);
      // The client prints lines that it cannot parse, and reports a page as an answer that ended early.
      if (response.ok && /^text\/html\b/i.test(response.headers.get("content-type") ?? ""))
        throw new UnexpectedAnswerError(request, "it is a page, text/html", "ollama", "page");
      if (response.ok) return response;
      const location = response.status < 400 ? response.headers.get("location") : null;
      const reason = location === null ? reasonOf(await response.text()) : `redirects to ${location}`;
      const kind = location === null ? undefined : "redirected";
      throw new ServerError(response.status, "", reason, request, "ollama", kind);
    };
    const headers = { ...this.headers };
    return new Ollama({ host: this.endpoint, headers, fetch: fetch as typeof globalThis.fetch });
  }

  /** Converts a client error to one of `clients/errors`. */
  translated(request: string, error: unknown, signal: AbortSignal): unknown {
    if (error instanceof ServerError) return error;
    if (signal.aborted) {
      return new UnreachableError(this.endpoint, "no answer within the time limit", request, "timeout", "ollama");
    }
    // Thrown by the client if the answer is not JSON, or not Ollama's.
    if (error instanceof SyntaxError || error instanceof TypeError)
      return new UnexpectedAnswerError(request, error.message, "ollama");
    if (error instanceof Error && "code" in error) {
      const kind = neverArrived(`${error.code} ${error.message}`) ? "never-arrived" : "broken-off";
      return new UnreachableError(this.endpoint, error.message || String(error.code), request, kind, "ollama");
    }
    return error;
  }
}

const errorBody = z.object({ error: z.string() });

function reasonOf(text: string): string {
  const parsed = errorBody.safeParse(asJson(text));
  if (parsed.success) return parsed.data.error;
  return text.trim().slice(0, 500) || "no reason given";
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
