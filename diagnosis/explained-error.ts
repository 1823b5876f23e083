/** What an error tells the user: what failed, the likely cause, and what to do. */
export interface Explanation {
  readonly what: string;
  readonly cause: string;
  readonly fix: string;
}

/** An error for users to read. Its message has all three parts, one per line, and contains no secrets. */
export class ExplainedError extends Error {
  readonly explanation: Explanation;

  constructor(explanation: Explanation, options?: ErrorOptions) {
    super(`${explanation.what}\n  cause: ${explanation.cause}\n  fix: ${explanation.fix}`, options);
    this.name = "ExplainedError";
    this.explanation = explanation;
  }
}
