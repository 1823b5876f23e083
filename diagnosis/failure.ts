/** The server that answered, or that did not answer. */
export type Server = "opensearch" | "ollama" | "docker" | "pulumi";

/** How something failed. Rows match on it where the server's words are not enough. */
export type FailureKind =
  /** The server answered with an error. */
  | "refused"
  /** OpenSearch passed on an error of its model server. */
  | "remote"
  /** The answer is a redirect. */
  | "redirected"
  /** The answer is a web page, so it comes from a proxy or another kind of server. */
  | "page"
  /** The request certainly never reached the server. */
  | "never-arrived"
  /** The connection broke. */
  | "broken-off"
  /** The answer ended before it was complete. */
  | "ended-early"
  /** No answer came within the time limit. */
  | "timeout"
  /** The answer does not have the expected form. */
  | "misread"
  /** The answer is not JSON, or is empty. */
  | "not-json"
  /** The answer is the raw chunks of a stream. */
  | "streamed"
  /** The node has not joined a cluster yet. */
  | "no-cluster"
  /** A wait reached its deadline. */
  | "deadline"
  /** A transfer made no progress for too long. */
  | "stalled";

/** A failure as the symptom tables match it. */
export interface Failure {
  readonly kind?: FailureKind;
  readonly server?: Server;
  /** HTTP status of an answer. */
  readonly status?: number;
  /** Method and path of the request. */
  readonly request?: string;
  /** The full message, including the server's or the system's own words. */
  readonly text: string;
  /** The last failure seen before a wait timed out. */
  readonly last?: Failure;
}

/** The failure behind an error. For errors from elsewhere only the text is known. */
export function failureOf(error: unknown): Failure {
  if (typeof error === "string") return { text: error };
  if (!(error instanceof Error)) return { text: String(error) };
  return "failure" in error ? (error.failure as Failure) : { text: error.message };
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
