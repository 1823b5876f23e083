import { ExplainedError, type Explanation } from "../diagnosis/explained-error";

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

/** Ended by Ctrl+C: nothing is left to say, the exit code tells it. */
export class Interrupted extends Error {
  constructor() {
    super("interrupted");
    this.name = "Interrupted";
  }
}

/** What the command's exit code says, so that scripts can tell the cases apart. Documented in docs/cli.md. */
export const ExitCode = {
  ok: 0,
  /** The servers were asked, and it did not work. */
  failed: 1,
  /** The command line, a file or a variable is not right; nothing was asked. */
  usage: 2,
  /** There is no stack to read, or it lacks what the command needs. */
  noAccess: 3,
  /** `doctor` found something that is wrong. */
  unhealthy: 4,
  /** Ended by Ctrl+C. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
