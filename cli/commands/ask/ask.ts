import type { AnswerFlags } from "../../answering/answer-options";
import { answerJson } from "../../answering/measures";
import { putQuestion, tellAnswer } from "../../answering/put-question";
import { ExitCode } from "../../exit-codes";
import { CommandFailure } from "../../failure";
import { givenText } from "../../read-text";
import type { Session } from "../../session";

/** `ollama-chat ask`: one question, its answer on stdout. */
export async function ask(session: Session, words: readonly string[], flags: AnswerFlags): Promise<void> {
  const question = await givenText(words, session.surroundings);
  if (question === undefined) {
    throw new CommandFailure(ExitCode.usage, {
      what: "There is no question.",
      cause: "Neither the command line nor standard input holds one.",
      fix: 'ollama-chat ask "Why is the sky blue?", or pipe the question in.',
    });
  }
  const answer = await putQuestion(session, flags, question);
  tellAnswer(session.output(flags), answer, answerJson(answer));
}
