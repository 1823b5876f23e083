import { unusedProxyHint } from "./proxies";

/** The server answered, and the answer is a refusal. `reason` is the server's own text. */
export class ServerError extends Error {
  constructor(
    readonly status: number,
    readonly type: string,
    readonly reason: string,
    /** The request, such as `POST /_plugins/_ml/connectors/_create`. */
    readonly request: string,
  ) {
    super(`${request} answered ${status}${type ? ` ${type}` : ""}: ${reason}`);
    this.name = "ServerError";
  }
}

/** No answer came: connection refused, host unknown, TLS refused, or no answer within the time limit. */
export class UnreachableError extends Error {
  constructor(
    readonly endpoint: string,
    /** The system's own text, such as `connect ECONNREFUSED 127.0.0.1:9200`. */
    readonly reason: string,
    readonly request: string,
    /** False when the request surely never reached the server, so that repeating it cannot do a thing twice. */
    readonly mayHaveArrived: boolean,
  ) {
    super(`${request}: no answer from ${endpoint}: ${reason}${unusedProxyHint(endpoint)}`);
    this.name = "UnreachableError";
  }
}

/** The server answered with something this package cannot read. */
export class UnexpectedAnswerError extends Error {
  constructor(
    readonly request: string,
    readonly detail: string,
  ) {
    super(`${request} answered in a form that is not understood: ${detail}`);
    this.name = "UnexpectedAnswerError";
  }
}

/** A wait that reached its deadline. `last` says what was seen last. */
export class DeadlineError extends Error {
  constructor(
    readonly waitingFor: string,
    readonly seconds: number,
    readonly last: string,
  ) {
    super(`Waited ${seconds} s for ${waitingFor}; last seen: ${last}`);
    this.name = "DeadlineError";
  }
}
