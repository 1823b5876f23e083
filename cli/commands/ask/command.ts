import type { Command } from "commander";
import { withAccessOptions } from "../../access/access-options";
import { type AnswerFlags, withAnswerOptions } from "../../answering/answer-options";
import type { Session } from "../../session";

/** Adds the command `ask`. Its work is loaded when it is used: `--help` should not wait for it. */
export function registerAsk(program: Command, session: Session): void {
  const command = program
    .command("ask")
    .description("Put one question to the stack's model.")
    .argument("[question...]", "the question; - or nothing reads it from standard input");
  withAccessOptions(withAnswerOptions(command)).action(async (words: string[], flags: AnswerFlags) => {
    const { ask } = await import("./ask.js");
    await ask(session, words, flags);
  });
}
