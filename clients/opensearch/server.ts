import { type Client, errors } from "@opensearch-project/opensearch";
import type { z } from "zod";
import { neverArrived, ServerError, UnexpectedAnswerError, UnreachableError } from "../errors";
import { clockMs, trace } from "../trace";
import { misread, redirect, refusal } from "./refusal";
import { type RetryLimits, retrying } from "./retry";

interface ServerOptions {
  readonly client: Client;
  readonly endpoint: string;
  readonly requestTimeoutSeconds: number;
  readonly maxRetries: number;
}

/** A request to the server. Messages name it by method and path. */
export interface Call<T> {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Starts with `/`. Use `path` if it contains an id or a name. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  /** Sent as JSON. An array is sent as one JSON document per line, except with PATCH, which takes a list of operations. */
  readonly body?: object;
  readonly answer: z.ZodType<T>;
  /** Statuses of 400 or more that are not errors. Their body is read as the answer. */
  readonly accepts?: readonly number[];
  /** Says why an answer came too early, if it did. This counts as a 503. */
  readonly tooEarly?: (answer: T) => string | undefined;
  /** True if sending it twice has the same effect as sending it once. */
  readonly repeatable: boolean;
  /** Time limit of one attempt. Default: the connection's. */
  readonly timeoutSeconds?: number;
  /** Retry limits. Default: the connection's `maxRetries`. */
  readonly retry?: Partial<RetryLimits>;
  /** Cancels the request. */
  readonly signal?: AbortSignal;
}

/** A path with encoded ids and names, such as ``path`/_plugins/_ml/models/${id}` ``. */
export function path(texts: TemplateStringsArray, ...names: readonly string[]): string {
  return String.raw({ raw: texts }, ...names.map(encodeURIComponent));
}

/** An OpenSearch cluster with typed answers, the errors of `clients/errors` and bounded retries. */
export class OpenSearchServer {
  readonly endpoint: string;
  readonly #options: ServerOptions;
  readonly #once = new Map<string, Promise<unknown>>();

  constructor(options: ServerOptions) {
    this.#options = options;
    this.endpoint = options.endpoint;
  }

  async call<T>(call: Call<T>): Promise<T> {
    const limits = { maxRetries: this.#options.maxRetries, ...call.retry };
    let tries = 0;
    const send = () => {
      tries += 1;
      return this.#send(call, tries);
    };
    return await retrying(send, { ...limits, repeatable: call.repeatable });
  }

  /** Runs a task once per client and remembers the result. Failures are not remembered. */
  async once<T>(key: string, task: () => Promise<T>): Promise<T> {
    const known = this.#once.get(key);
    if (known) return (await known) as T;
    const running = task();
    this.#once.set(key, running);
    running.catch(() => this.#once.delete(key));
    return await running;
  }

  async #send<T>(call: Call<T>, tried: number): Promise<T> {
    const request = `${call.method} ${call.path}`;
    const body = await this.#answered(call, request, tried).catch((error: unknown) => {
      throw this.#translated(request, error);
    });
    const parsed = call.answer.safeParse(body);
    if (!parsed.success) throw misread(request, body, parsed.error);
    const early = call.tooEarly?.(parsed.data);
    if (early !== undefined) throw new ServerError(503, "", early, request, "opensearch", "no-cluster");
    return parsed.data;
  }

  async #answered<T>(call: Call<T>, request: string, tried: number): Promise<unknown> {
    const startMs = clockMs();
    let status: number | undefined;
    try {
      const answer = await this.#requested(call);
      status = answer.statusCode ?? undefined;
      // The client treats these as success.
      if (status !== undefined && status >= 300 && status < 400) {
        throw redirect(request, status, answer.body, answer.headers?.location);
      }
      return answer.body;
    } catch (error) {
      if (error instanceof errors.ResponseError) status = error.statusCode;
      throw error;
    } finally {
      trace("request", startMs, { server: "opensearch", request, status, try: tried });
    }
  }

  #requested<T>({ method, path, query, body, accepts, timeoutSeconds, signal }: Call<T>) {
    signal?.throwIfAborted();
    const request = this.#options.client.transport.request(
      {
        method,
        path,
        querystring: { ...query },
        ...(Array.isArray(body) && method !== "PATCH" ? { bulkBody: body } : { body }),
      },
      {
        requestTimeout: (timeoutSeconds ?? this.#options.requestTimeoutSeconds) * 1000,
        ...(accepts && { ignore: [...accepts] }),
      },
    );
    // Do not return the result of `abort`: Node.js would report its rejection, including the request, as uncaught.
    signal?.addEventListener("abort", () => void request.abort(), { once: true });
    return request;
  }

  #translated(request: string, error: unknown): unknown {
    if (error instanceof errors.ResponseError) return refusal(request, error.statusCode ?? 0, error.body);
    if (error instanceof errors.TimeoutError) {
      return new UnreachableError(this.endpoint, "no answer within the time limit", request, "timeout");
    }
    if (error instanceof errors.ConnectionError || error instanceof errors.NoLivingConnectionsError) {
      const kind = neverArrived(error.message) ? "never-arrived" : "broken-off";
      return new UnreachableError(this.endpoint, error.message, request, kind);
    }
    if (error instanceof errors.DeserializationError) return new UnexpectedAnswerError(request, error.message);
    return error;
  }
}
