import type { Output } from "../output";
import type { Session } from "../session";
import { harmless } from "../terminal/harmless";
import { withWaiting } from "../terminal/waiting";
import { wrapped } from "../terminal/wrap";
import type { Answer, Message } from "./answer";
import type { AnswerFlags } from "./answer-options";
import { answerRemarks, measuresLine } from "./measures";
import { ollamaAnswerer } from "./ollama";
import { openSearchAnswerer } from "./opensearch";

/** Asks the model that the flags select one question, and waits for the whole answer. */
export async function putQuestion(session: Session, flags: AnswerFlags, question: string): Promise<Answer> {
  const output = session.output(flags);
  const access = await withWaiting(output, "looking for the servers", () => session.access(flags));
  const answerer = flags.direct ? ollamaAnswerer(access) : openSearchAnswerer(access);
  const messages: Message[] = [{ role: "user", content: question }];
  if (flags.system !== undefined) messages.unshift({ role: "system", content: flags.system });
  const { timeoutSeconds } = flags;
  return await session.interruptible((signal) =>
    withWaiting(output, `asking ${answerer.title}`, () => answerer.answer(messages, { timeoutSeconds, signal })),
  );
}

/** Prints the answer to stdout and its measures to stderr. */
export function printAnswer(output: Output, answer: Answer, json: unknown): void {
  const text = answer.text.trim();
  output.result(json, () => (output.columns === undefined ? text : wrapped(harmless(text), output.columns)));
  if (output.interactive && output.columns !== undefined) output.note("");
  printMeasures(output, answer);
}

/** Prints remarks and measures below an answer. */
export function printMeasures(output: Output, answer: Answer): void {
  for (const remark of answerRemarks(answer)) output.note(output.noteStyle("yellow", remark));
  output.note(output.noteStyle("dim", measuresLine(answer)));
}
