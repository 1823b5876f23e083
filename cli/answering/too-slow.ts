import { UnreachableError } from "../../clients/errors";
import { ExitCode } from "../exit-codes";
import { CommandFailure } from "../failure";

/** A wait that reached the caller's own limit, told as what it is: the server may be well, and the model slow. */
export function explainedIfTooSlow(error: unknown, title: string, timeoutSeconds: number): unknown {
  if (!(error instanceof UnreachableError) || error.kind !== "timeout") return error;
  return new CommandFailure(
    ExitCode.failed,
    {
      what: `No answer from ${title} within ${timeoutSeconds} s.`,
      cause: "The model is slow on this machine, or still being loaded, or the answer is long.",
      fix: "Raise --timeout-seconds, ask for a shorter answer, or use a smaller model; ollama-chat models shows which.",
    },
    { cause: error },
  );
}
