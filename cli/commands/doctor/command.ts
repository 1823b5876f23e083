import type { Command } from "commander";
import { withAccessOptions } from "../../access/access-options";
import { secondsFlag } from "../../answering/answer-options";
import type { Session } from "../../session";
import { type DoctorFlags, doctor } from "./doctor";

/** Longest wait for one answer: a large model that loads from a slow disk takes a minute and more. */
const DEFAULT_ANSWER_SECONDS = 120;

/** Adds the command `doctor`. */
export function registerDoctor(program: Command, session: Session): void {
  const command = program
    .command("doctor")
    .description(
      "Check every link of the chain, from the containers to an answer, and say what is wrong and what to do.",
    )
    .option(
      "--fix",
      "mend what is safe: pull a missing model, deploy the model again, remove what interrupted runs left",
    )
    .option("--yes", "with --fix: do not ask first")
    .option("--forget-claims-of <project/stack>", "with --fix: give back settings of another stack, which is gone")
    .option("--timeout <seconds>", "longest wait for one answer of a model", secondsFlag, DEFAULT_ANSWER_SECONDS);
  withAccessOptions(command).action(async (flags: DoctorFlags) => {
    await doctor(flags, session);
  });
}
