import type { Ollama } from "ollama/browser";
import { z } from "zod";
import { DeadlineError, ServerError, UnexpectedAnswerError, UnreachableError } from "../errors";
import { type Deadline, LONGEST_TIMER_MILLISECONDS } from "../wait";
import { typedOptions } from "./options";
import type { ProgressEvent } from "./progress";
import type { OllamaServer } from "./server";

export interface StreamLimits {
  readonly deadline: Deadline;
  readonly onEvent?: (event: ProgressEvent) => void;
  /** Time limit without progress during a transfer. Default: 300. */
  readonly idleSeconds?: number;
  /** Pause before the first retry of a pull; it doubles each time. Default: 1. */
  readonly pauseSeconds?: number;
}

/** A model to create from another one. */
export interface DerivedModel {
  readonly model: string;
  readonly from: string;
  readonly system?: string;
  readonly template?: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

const MAX_ATTEMPTS = 4;
/** Temporary failures. The server keeps what it has downloaded, so a retry resumes. */
const TEMPORARY =
  /unexpected EOF|connection reset|handshake timeout|i\/o timeout|max retries exceeded|must be downloaded again|: EOF$|\b50[234]\b/;

/** Pulls a model from the registry in its name. Resumes after a short network failure or a restart of the server. */
export async function pullModel(
  server: OllamaServer,
  model: string,
  insecure: boolean,
  limits: StreamLimits,
): Promise<void> {
  for (let tried = 1; ; tried += 1) {
    try {
      const pull = (client: Ollama) => client.pull({ model, insecure, stream: true });
      return await stream(server, "POST /api/pull", limits, pull, tried);
    } catch (error) {
      if (!isTemporary(error) || tried >= MAX_ATTEMPTS || limits.deadline.passed) throw error;
      limits.onEvent?.({ status: `interrupted (${textOf(error)}), going on` });
      await limits.deadline.pause((limits.pauseSeconds ?? 1) * 1000 * 2 ** (tried - 1));
    }
  }
}

/** Creates a model from one on the server. Overwrites an existing model with the same name. */
export async function createModel(server: OllamaServer, derived: DerivedModel, limits: StreamLimits): Promise<void> {
  const { parameters, ...rest } = derived;
  const request = { ...rest, ...(parameters && { parameters: typedOptions(parameters) }), stream: true as const };
  await stream(server, "POST /api/create", limits, (client) => client.create(request));
}

function isTemporary(error: unknown): boolean {
  if (error instanceof UnreachableError) return true;
  return error instanceof ServerError && TEMPORARY.test(error.reason);
}

function textOf(error: unknown): string {
  return error instanceof ServerError || error instanceof UnreachableError ? error.reason : String(error);
}

const progressEvent = z.object({
  status: z.string().default(""),
  digest: z.string().optional(),
  total: z.number().optional(),
  completed: z.number().optional(),
});

function parsed(request: string, line: unknown): ProgressEvent {
  const event = progressEvent.safeParse(line);
  if (event.success) return event.data;
  throw new UnexpectedAnswerError(request, z.prettifyError(event.error), "ollama");
}

async function stream(
  server: OllamaServer,
  request: string,
  limits: StreamLimits,
  send: (client: Ollama) => Promise<AsyncIterable<unknown>>,
  tried = 1,
): Promise<void> {
  const guard = new StreamGuard(request, limits);
  try {
    for await (const line of await send(server.client(request, guard.signal, tried))) {
      const event = parsed(request, line);
      guard.seen(event);
      limits.onEvent?.(event);
    }
  } catch (error) {
    if (guard.verdict) throw guard.verdict;
    throw streamError(server, request, error, guard.signal);
  } finally {
    guard.end();
  }
}

/** The client's error if the connection ends before the server says `success`. */
const ENDED_EARLY = /Did not receive done or success/;

/** Errors inside a stream come with status 200; the client throws the server's `error` line as a plain `Error`. */
export function streamError(server: OllamaServer, request: string, error: unknown, signal: AbortSignal): unknown {
  const translated = server.translated(request, error, signal);
  if (translated !== error || !(error instanceof Error) || error.constructor !== Error) return translated;
  if (ENDED_EARLY.test(error.message)) {
    return new UnreachableError(server.endpoint, "the answer ended early", request, "ended-early", "ollama");
  }
  return new ServerError(200, "", error.message, request, "ollama");
}

/** The server is silent while it hashes the model, so only the deadline applies. */
const SILENT_PHASE = /^verifying/;
const DEFAULT_IDLE_SECONDS = 300;

/**
 * Cancels a stream at the deadline, or when a transfer stalls. The server keeps sending lines even if no bytes arrive.
 */
class StreamGuard {
  verdict: Error | undefined;
  readonly #stopper = new AbortController();
  readonly #deadlineTimer: NodeJS.Timeout;
  readonly #idleSeconds: number;
  #idleTimer: NodeJS.Timeout | undefined;
  #last = "nothing yet";

  constructor(
    private readonly request: string,
    limits: StreamLimits,
  ) {
    this.#idleSeconds = limits.idleSeconds ?? DEFAULT_IDLE_SECONDS;
    const remaining = Math.min(limits.deadline.remainingMilliseconds, LONGEST_TIMER_MILLISECONDS);
    this.#deadlineTimer = setTimeout(() => this.#stop(limits.deadline.seconds, "to end", "deadline"), remaining);
    this.#watch();
  }

  get signal(): AbortSignal {
    return this.#stopper.signal;
  }

  seen(event: ProgressEvent): void {
    const now = event.total === undefined ? event.status : `${event.status}, ${event.completed ?? 0} of ${event.total}`;
    if (now === this.#last) return;
    this.#last = now;
    clearTimeout(this.#idleTimer);
    if (!SILENT_PHASE.test(event.status)) this.#watch();
  }

  end(): void {
    clearTimeout(this.#deadlineTimer);
    clearTimeout(this.#idleTimer);
    this.#stopper.abort();
  }

  #watch(): void {
    this.#idleTimer = setTimeout(() => this.#stop(this.#idleSeconds, "to go on", "stalled"), this.#idleSeconds * 1000);
  }

  #stop(seconds: number, what: string, kind: "deadline" | "stalled"): void {
    const { request } = this;
    this.verdict = new DeadlineError(`${request} ${what}`, seconds, this.#last, { server: "ollama", kind, request });
    this.#stopper.abort();
  }
}
