/** Who answered, or was asked and did not answer. */
export type Server = "opensearch" | "ollama" | "docker" | "pulumi";

/** In what way something failed; the tables ask for it where no server's words tell it. */
export type FailureKind =
  /** The server answered, and its answer is a refusal. */
  | "refused"
  /** OpenSearch passes on the refusal of its model server. */
  | "remote"
  /** The answer sends the client elsewhere. */
  | "redirected"
  /** The answer is a web page: what answers is a proxy, or a server of another kind. */
  | "page"
  /** The request surely never reached the server. */
  | "never-arrived"
  /** The connection broke. */
  | "broken-off"
  /** The answer ended before it was whole. */
  | "ended-early"
  /** No answer came within the time limit. */
  | "timeout"
  /** The answer has another form than the one that is known. */
  | "misread"
  /** The answer is no JSON, or nothing. */
  | "not-json"
  /** The answer is the list of the parts of a stream. */
  | "streamed"
  /** The node has found no cluster yet. */
  | "no-cluster"
  /** A wait reached its deadline. */
  | "deadline"
  /** A transfer made no progress for too long. */
  | "stalled";

/** A failure as the tables of symptoms look at it. */
export interface Failure {
  readonly kind?: FailureKind;
  readonly server?: Server;
  /** HTTP status of an answer. */
  readonly status?: number;
  /** Method and path of the request. */
  readonly request?: string;
  /** All that is said of it, with the server's or the system's own words. */
  readonly text: string;
  /** What a wait that was too long saw last. */
  readonly last?: Failure;
}

/** The failure that an error stands for; of an error of another origin only its text is known. */
export function failureOf(error: unknown): Failure {
  if (typeof error === "string") return { text: error };
  if (!(error instanceof Error)) return { text: String(error) };
  return "failure" in error ? (error.failure as Failure) : { text: error.message };
}

/** The words of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
