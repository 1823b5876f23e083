import { citedAnswer } from "../../../rag/citations";
import { isRelevant } from "../../../rag/relevance";
import { type FoundPassage, retrieve } from "../../../rag/retrieve";
import type { Source } from "../../../web/protocol";
import type { Access } from "../../access/access";
import { answerProblems } from "../../answering/measures";
import { reportedContext } from "../../answering/reported-context";
import { chooseWay } from "../chat/choose-way";
import { answeredFrom, leftOutRemark } from "../rag/answered-from";
import { findIndex } from "../rag/find-index";
import { withFolders } from "../rag/search";
import { type AskOptions, measuresOf } from "./ask";

const NOTHING = "The documents do not say anything about this, so the model was not asked.";

/** Answers a question from the stack's documents, with the passages that the answer rests on. */
export async function answerFromDocuments(
  access: Access,
  question: string,
  { through, timeoutSeconds, signal, send }: AskOptions,
): Promise<void> {
  const { embeddingModelId, chatModel } = access;
  const found = { question, ...(await retrieve({ ...(await findIndex(access)), question, embeddingModelId })) };
  if (!isRelevant(found)) {
    send({ type: "done", text: "", thinking: null, remarks: [NOTHING], cited: [], measures: null });
    return;
  }
  const { answerer } = await chooseWay(access, through);
  const context = await reportedContext(access, chatModel);
  const onText = (text: string) => send({ type: "text", text });
  const { sent, room, ...answer } = await answeredFrom(found, context?.tokens, async (prompt) => {
    send({ type: "sources", sources: withFolders(prompt.sent).map(sourceOf) });
    return await answerer.answer(prompt.messages, { timeoutSeconds, signal, onText });
  });
  const leftOut = found.passages.length - sent.length;
  const remarks = leftOut === 0 ? [] : [leftOutRemark(leftOut, found.passages.length, room)];
  remarks.push(...answerProblems(answer));
  const { text, cited } = citedAnswer(answer.text, sent.length);
  const { thinking = null } = answer;
  send({ type: "done", text, thinking, remarks, cited: [...cited], measures: measuresOf(answer) });
}

function sourceOf({ source, title, text, similarity }: FoundPassage): Source {
  return { source, title, text, similarity: similarity ?? null };
}
