import { ExplainedError, type Explanation } from "../diagnosis/explained-error";
import type { ExitCode } from "./exit-codes";

/** An error of the command with the exit code it ends in. */
export class CommandFailure extends ExplainedError {
  constructor(
    readonly exitCode: ExitCode,
    explanation: Explanation,
    options?: ErrorOptions,
  ) {
    super(explanation, options);
    this.name = "CommandFailure";
  }
}
