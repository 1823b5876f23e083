import type { Command } from "commander";
import { withAccessOptions } from "../../access/access-options";
import { type AnswerFlags, withAnswerOptions } from "../../answering/answer-options";
import type { Session } from "../../session";
import { ask } from "./ask";

/** Adds the command `ask`. */
export function registerAsk(program: Command, session: Session): void {
  const command = program
    .command("ask")
    .description("Put one question to the stack's model.")
    .argument("[question...]", "the question; - or nothing reads it from standard input");
  withAccessOptions(withAnswerOptions(command)).action(async (words: string[], flags: AnswerFlags) => {
    await ask(session, words, flags);
  });
}
