import { ExplainedError, type Explanation } from "../../../diagnosis/explained-error";

/** A request that is refused, with its HTTP status. */
export class Refusal extends ExplainedError {
  constructor(
    readonly status: number,
    explanation: Explanation,
  ) {
    super(explanation);
    this.name = "Refusal";
  }
}
