import { type Failure, type FailureKind, failureOf, type Server } from "../diagnosis/failure";
import { unusedProxyHint } from "./proxies";

/** The server answered, and the answer is a refusal. `reason` is the server's own text. */
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

/** Who refuses, by what the answer is: neither OpenSearch nor Ollama answers with a web page. */
function kindOf(reason: string): FailureKind {
  if (/^<(?:html|!DOCTYPE)/i.test(reason)) return "page";
  return reason.includes("Error from remote service") ? "remote" : "refused";
}

/** No answer came: connection refused, host unknown, TLS refused, or no answer within the time limit. */
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

  /** False when the request surely never reached the server, so that repeating it cannot do a thing twice. */
  get mayHaveArrived(): boolean {
    return this.kind !== "never-arrived";
  }

  get failure(): Failure {
    const { kind, server, request, message: text } = this;
    return { kind, server, request, text };
  }
}

/** The server answered with something this package cannot read. */
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

/** What a wait was for, beside its words. */
export interface Waited {
  readonly server?: Server;
  readonly kind?: "deadline" | "stalled";
  /** The request that was waited for, if it was one. */
  readonly request?: string;
  /** The error that was seen last, if it was one. */
  readonly error?: unknown;
}

/** A wait that reached its deadline. `last` says what was seen last. */
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

/** Failures before the request was sent: nothing listens, no such host, TLS refused. */
const NEVER_ARRIVED =
  /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|CERT|self-signed|SSL routines|wrong version number|altnames/i;

/** Whether the system's words say that a request never reached the server, so that it is safe to repeat. */
export function neverArrived(reason: string): boolean {
  return NEVER_ARRIVED.test(reason);
}
