import type { Command } from "commander";
import { withAccessOptions } from "../../access/find-access";
import { type AnswerFlags, withAnswerOptions } from "../../answering/answer-options";
import { answerJson } from "../../answering/measures";
import { printAnswer, putQuestion } from "../../answering/put-question";
import { CommandFailure, ExitCode } from "../../failure";
import { givenText } from "../../read-text";
import type { Session } from "../../session";

/** `ollama-chat ask`: asks one question and prints the answer to stdout. */
export async function ask(session: Session, words: readonly string[], flags: AnswerFlags): Promise<void> {
  const question = await givenText(words, session.io);
  if (question === undefined) {
    throw new CommandFailure(ExitCode.usage, {
      what: "There is no question.",
      cause: "Neither the command line nor standard input holds one.",
      fix: 'ollama-chat ask "Why is the sky blue?", or pipe the question in.',
    });
  }
  const answer = await putQuestion(session, flags, question);
  printAnswer(session.output(flags), answer, answerJson(answer));
}

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
