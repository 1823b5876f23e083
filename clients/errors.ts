import { type Failure, type FailureKind, failureOf, type Server } from "../diagnosis/failure";
import { unusedProxyHint } from "./proxies";

/** The server answered with an error. `reason` is the server's own text. */
export class ServerError extends Error {
  constructor(
    readonly status: number,
    readonly type: string,
    readonly reason: string,
    /** The request, such as `POST /_plugins/_ml/connectors/_create`. */
    readonly request: string,
    readonly server: Server = "opensearch",
    readonly kind: FailureKind = kindOf(reason),
  ) {
    super(`${request} answered ${status}${type ? ` ${type}` : ""}: ${reason}`);
    this.name = "ServerError";
  }

  get failure(): Failure {
    const { kind, server, status, request, message: text } = this;
    return { kind, server, status, request, text };
  }
}

/** Tells a proxy from the server: neither OpenSearch nor Ollama answers with a web page. */
function kindOf(reason: string): FailureKind {
  if (/^<(?:html|!DOCTYPE)/i.test(reason)) return "page";
  return reason.includes("Error from remote service") ? "remote" : "refused";
}

/** No answer: connection refused, unknown host, failed TLS handshake, or time-out. */
export class UnreachableError extends Error {
  constructor(
    readonly endpoint: string,
    /** The system's own text, such as `connect ECONNREFUSED 127.0.0.1:9200`. */
    readonly reason: string,
    readonly request: string,
    readonly kind: "never-arrived" | "broken-off" | "ended-early" | "timeout",
    readonly server: Server = "opensearch",
  ) {
    super(`${request}: no answer from ${endpoint}: ${reason}${unusedProxyHint(endpoint)}`);
    this.name = "UnreachableError";
  }

  /** False if the request certainly never reached the server, so that repeating it is safe. */
  get mayHaveArrived(): boolean {
    return this.kind !== "never-arrived";
  }

  get failure(): Failure {
    const { kind, server, request, message: text } = this;
    return { kind, server, request, text };
  }
}

/** The server answered in a form that this package does not understand. */
export class UnexpectedAnswerError extends Error {
  constructor(
    readonly request: string,
    readonly detail: string,
    readonly server: Server = "opensearch",
    readonly kind: "misread" | "not-json" | "page" | "streamed" = "misread",
  ) {
    super(`${request} answered in a form that is not understood: ${detail}`);
    this.name = "UnexpectedAnswerError";
  }

  get failure(): Failure {
    const { kind, server, request, message: text } = this;
    return { kind, server, request, text, status: 200 };
  }
}

/** Details of a wait that failed. */
export interface Waited {
  readonly server?: Server;
  readonly kind?: "deadline" | "stalled";
  /** The request that the wait was for, if any. */
  readonly request?: string;
  /** The last error seen, if any. */
  readonly error?: unknown;
}

/** A wait timed out. `last` describes what was seen last. */
export class DeadlineError extends Error {
  constructor(
    readonly waitingFor: string,
    readonly seconds: number,
    readonly last: string,
    readonly waited: Waited = {},
  ) {
    super(`Waited ${seconds} s for ${waitingFor}; last seen: ${last}`, { cause: waited.error });
    this.name = "DeadlineError";
  }

  get failure(): Failure {
    const { server, kind = "deadline", request, error } = this.waited;
    const last = error === undefined ? undefined : failureOf(error);
    return { kind, server, request, text: this.message, ...(last && { last }) };
  }
}

/** Failures before the request was sent: nothing listens, unknown host, failed TLS handshake. */
const NEVER_ARRIVED =
  /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|CERT|self-signed|SSL routines|wrong version number|altnames/i;

/** Whether a system error means that the request never reached the server, so that repeating it is safe. */
export function neverArrived(reason: string): boolean {
  return NEVER_ARRIVED.test(reason);
}
