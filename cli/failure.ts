import { ExplainedError, type Explanation } from "../diagnosis/explained-error";

/** An error with the command's exit code. */
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

/** Ended by Ctrl+C. Prints no message; the exit code says it. */
export class Interrupted extends Error {
  constructor() {
    super("interrupted");
    this.name = "Interrupted";
  }
}

/** Exit codes, so that scripts can tell the cases apart. Documented in docs/cli.md. */
export const ExitCode = {
  ok: 0,
  /** A request to a server failed. */
  failed: 1,
  /** The command line, a file or a variable is invalid. No server was contacted. */
  usage: 2,
  /** There is no stack to read, or it lacks what the command needs. */
  noAccess: 3,
  /** `doctor` found a problem. */
  unhealthy: 4,
  /** Ended by Ctrl+C. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
