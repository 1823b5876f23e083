/** What an error tells a person: what failed, the likely cause, what to do. */
export interface Explanation {
  readonly what: string;
  readonly cause: string;
  readonly fix: string;
}

/** An error fit for a user's eyes. Its message holds all three parts, one a line, and no secret. */
export class ExplainedError extends Error {
  readonly explanation: Explanation;

  constructor(explanation: Explanation, options?: ErrorOptions) {
    super(`${explanation.what}\n  cause: ${explanation.cause}\n  fix: ${explanation.fix}`, options);
    this.name = "ExplainedError";
    this.explanation = explanation;
  }
}
