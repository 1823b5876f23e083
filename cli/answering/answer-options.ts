import { type Command, InvalidArgumentError } from "commander";
import { MOST_SECONDS } from "../../clients/wait";
import type { CommonFlags } from "../access/find-access";

/** Flags of the commands that ask one question. */
export interface AnswerFlags extends CommonFlags {
  readonly direct?: boolean;
  readonly system?: string;
  readonly timeoutSeconds: number;
}

export function withAnswerOptions(command: Command): Command {
  return command
    .optionsGroup("Asking:")
    .option("--direct", "ask Ollama directly instead of OpenSearch")
    .option("--system <text>", "system prompt")
    .option("--timeout-seconds <n>", "time limit for the answer", secondsFlag, 300);
}

/** A number above 0, for commander. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError("It must be a number above 0.");
}

/** A time limit in seconds, for commander. */
export function secondsFlag(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value > 0 && value <= MOST_SECONDS) return value;
  throw new InvalidArgumentError(`It must be a number of seconds above 0, ${MOST_SECONDS} (24 days) at most.`);
}
