import type { Command } from "commander";
import { withAccessOptions } from "../../access/access-options";
import { positiveNumber, secondsFlag } from "../../answering/answer-options";
import type { Session } from "../../session";
import { type ChatFlags, chat } from "./chat";

/** Adds the command `chat`. */
export function registerChat(program: Command, session: Session): void {
  const command = program
    .command("chat")
    .description("Talk with the stack's model, turn by turn; without a terminal each line of stdin is a turn.")
    .optionsGroup("Talking:")
    .option("--through <way>", "opensearch or ollama (default: Ollama where it can be reached)")
    .option("--system <text>", "instruction that goes before everything")
    .option(
      "--context-tokens <n>",
      "tokens that the model's context holds; older turns are left out (default: as Ollama tells, else 4096)",
      positiveNumber,
    )
    .option("--timeout-seconds <n>", "longest wait for one answer", secondsFlag, 300);
  withAccessOptions(command).action(async (flags: ChatFlags) => {
    await chat(session, flags);
  });
}
