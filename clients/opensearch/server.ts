import type { ApiResponse } from "@opensearch-project/opensearch";
import type { z } from "zod";
import { ServerError, UnexpectedAnswerError, UnreachableError } from "../errors";
import { clockMs, trace } from "../trace";
import { validate } from "../validate";
import { type ApiClient, apiErrors } from "./library";
import { type RetryLimits, retrying } from "./retry";

interface ServerOptions {
  readonly client: ApiClient;
  readonly endpoint: string;
  readonly requestTimeoutSeconds: number;
  readonly maxRetries: number;
}

interface CallOptions {
  /** Time limit of one try in milliseconds. */
  readonly requestTimeout: number;
}

/** One request of the server's API. */
export interface Call<T> {
  /** Method and path, for messages. */
  readonly name: string;
  readonly send: (client: ApiClient, options: CallOptions) => PromiseLike<ApiResponse>;
  /** Reads the answer. A function is called when the answer is there: its code need not be loaded before the request. */
  readonly answer: z.ZodType<T> | (() => Promise<z.ZodType<T>>);
  /** What is wrong with an answer that the server gave too early; it counts as a refusal with 503. */
  readonly tooEarly?: (answer: T) => string | undefined;
  /** True when sending it twice does no more than sending it once. */
  readonly repeatable: boolean;
  /** Time limit of one try. Default: the connection's. */
  readonly timeoutSeconds?: number;
  /** Bounds of trying again. Default: the connection's `maxRetries`. */
  readonly retry?: Partial<RetryLimits>;
}

/** An OpenSearch cluster as the lifecycles see it: typed answers, errors of `clients/errors`, bounded repeats. */
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

  /** Runs a task once for the life of the process; a failure is not remembered. */
  async once<T>(key: string, task: () => Promise<T>): Promise<T> {
    const known = this.#once.get(key);
    if (known) return (await known) as T;
    const running = task();
    this.#once.set(key, running);
    running.catch(() => this.#once.delete(key));
    return await running;
  }

  async #send<T>(call: Call<T>, tried: number): Promise<T> {
    const requestTimeout = (call.timeoutSeconds ?? this.#options.requestTimeoutSeconds) * 1000;
    const body = await this.#answered(call, requestTimeout, tried).catch(async (error: unknown) => {
      throw await this.#translated(call.name, error);
    });
    const answer = typeof call.answer === "function" ? await call.answer() : call.answer;
    const parsed = validate(answer, body);
    if (parsed.success) {
      const early = call.tooEarly?.(parsed.data);
      if (early === undefined) return parsed.data;
      throw new ServerError(503, "", early, call.name);
    }
    const { misread } = await import("./refusal.js");
    throw misread(call.name, parsed.error);
  }

  async #answered<T>(call: Call<T>, requestTimeout: number, tried: number): Promise<unknown> {
    const startMs = clockMs();
    let status: number | undefined;
    try {
      const answer = await call.send(this.#options.client, { requestTimeout });
      status = answer.statusCode ?? undefined;
      // One from 400 on comes here where the call asked for it.
      if (status !== undefined && status >= 300 && status < 400) {
        const { redirect } = await import("./refusal.js");
        throw redirect(call.name, status, answer.body, answer.headers?.location);
      }
      return answer.body;
    } catch (error) {
      if (error instanceof apiErrors().ResponseError) status = error.statusCode;
      throw error;
    } finally {
      trace(startMs, { kind: "request", server: "opensearch", request: call.name, status, try: tried });
    }
  }

  async #translated(request: string, error: unknown): Promise<unknown> {
    const errors = apiErrors();
    if (error instanceof errors.ResponseError) {
      const { refusal } = await import("./refusal.js");
      return refusal(request, error.statusCode ?? 0, error.body);
    }
    if (error instanceof errors.TimeoutError) {
      return new UnreachableError(this.endpoint, "no answer within the time limit", request, true);
    }
    if (error instanceof errors.ConnectionError || error instanceof errors.NoLivingConnectionsError) {
      const arrived = !NEVER_ARRIVED.test(error.message);
      return new UnreachableError(this.endpoint, error.message, request, arrived);
    }
    if (error instanceof errors.DeserializationError) return new UnexpectedAnswerError(request, error.message);
    return error;
  }
}

/** Failures before the request was sent: nothing listens, no such host, TLS refused. */
const NEVER_ARRIVED =
  /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|certificate|self-signed|SSL routines|wrong version number|altnames/i;
