import { DEFAULT_CONTEXT_TOKENS } from "../../../clients/ollama/context";
import { separateThinking } from "../../../clients/thinking";
import { citedAnswer } from "../../../rag/citations";
import type { RagPrompt } from "../../../rag/prompt";
import { isRelevant, LEAST_SIMILARITY } from "../../../rag/relevance";
import type { FoundPassage } from "../../../rag/retrieve";
import { answersItself, serverAnswer } from "../../../rag/server-answer";
import { estimateTokens } from "../../../rag/tokens";
import type { Answer } from "../../answering/answer";
import { explainedIfTooSlow } from "../../answering/answer";
import { answerJson } from "../../answering/measures";
import { ollamaAnswerer } from "../../answering/ollama";
import { openSearchAnswerer } from "../../answering/opensearch";
import { printMeasures } from "../../answering/put-question";
import { reportedContext } from "../../answering/reported-context";
import type { Output } from "../../output";
import type { Session } from "../../session";
import { harmless } from "../../terminal/harmless";
import { withWaiting } from "../../terminal/waiting";
import { wrapped } from "../../terminal/wrap";
import { answeredFrom, leftOutRemark } from "./answered-from";
import {
  findPassages,
  passageJson,
  printRanking,
  type Search,
  type SearchFlags,
  shownPassage,
  sourceLine,
  withFolders,
} from "./search";

export interface AskFlags extends SearchFlags {
  readonly showPassages?: boolean;
  readonly direct?: boolean;
  readonly timeoutSeconds: number;
}

/** How the answer was made: from our prompt, or by the cluster's RAG processor. */
type AnsweredBy = "prompt" | "cluster";

interface AskResult {
  readonly answer: Answer;
  readonly sent: readonly FoundPassage[];
  readonly by: AnsweredBy;
  /** The context that the unsent passages did not fit into, for messages. */
  readonly room: string;
}

/** `ollama-chat rag ask`. */
export async function askDocuments(session: Session, words: readonly string[], flags: AskFlags): Promise<void> {
  const output = session.output(flags);
  const found = await findPassages(session, words, flags);
  if (!isRelevant(found)) {
    printNothingFound(output, found);
    return;
  }
  const told = await answered(session, found, flags);
  tell(output, found, told, flags.showPassages === true);
}

async function answered(session: Session, found: Search, flags: AskFlags): Promise<AskResult> {
  const context = await reportedContext(found.access, found.access.chatModel);
  return await answeredFrom(found, context?.tokens, (prompt) => put(session, found, prompt, flags, context?.tokens));
}

async function put(
  session: Session,
  found: Search,
  { messages, sent }: RagPrompt,
  flags: AskFlags,
  contextTokens = DEFAULT_CONTEXT_TOKENS,
): Promise<Pick<AskResult, "answer" | "by">> {
  const { access } = found;
  const output = session.output(flags);
  const { timeoutSeconds } = flags;
  // The cluster's processor reports no token counts, so a cut prompt would go unnoticed.
  const fits = messages.every(({ content }) => estimateTokens(content) <= contextTokens);
  const byCluster =
    flags.direct === true || !fits ? undefined : await answeredByCluster(output, found, sent, timeoutSeconds);
  if (byCluster !== undefined) return { answer: byCluster, by: "cluster" };
  const answerer = flags.direct ? ollamaAnswerer(access) : openSearchAnswerer({ ...access, asker: undefined });
  const answer = await session.interruptible((signal) =>
    withWaiting(output, `asking ${answerer.title}`, () => answerer.answer(messages, { timeoutSeconds, signal })),
  );
  return { answer, by: "prompt" };
}

/** `undefined` if the cluster cannot generate answers itself. */
async function answeredByCluster(
  output: Output,
  { access, server, index, question }: Search,
  sent: readonly FoundPassage[],
  timeoutSeconds: number,
): Promise<Answer | undefined> {
  const { modelId, api, chatModel: model } = access;
  if (modelId === undefined) return undefined;
  const answerer = { server, index, modelId, api, model };
  if (!answersItself(answerer, question, sent)) return undefined;
  const title = `${model} in OpenSearch's RAG pipeline`;
  const started = performance.now();
  const text = await withWaiting(output, `asking ${title}`, async () => {
    try {
      return await serverAnswer(answerer, question, sent, timeoutSeconds);
    } catch (error) {
      throw explainedIfTooSlow(error, title, timeoutSeconds);
    }
  });
  if (text === undefined) return undefined;
  const seconds = (performance.now() - started) / 1000;
  return { ...separateThinking(text), model, seconds, through: "opensearch" };
}

function tell(output: Output, found: Search, { answer, sent, by, room }: AskResult, showPassages: boolean): void {
  const { text, cited } = citedAnswer(answer.text, sent.length);
  const sources = sent.map((passage, at) => ({
    number: at + 1,
    cited: cited.includes(at + 1),
    ...passageJson(passage),
  }));
  const { question, nearest, ranking } = found;
  const measures = answerJson({ ...answer, text });
  const leftOut = found.passages.length - sent.length;
  const told = { ...measures, answeredBy: by, rankedBy: ranking.by, nearest: nearest ?? null, leftOut, sources };
  const json = { question, found: true, ...told };
  output.result(json, () => {
    if (text === "") return "The model answered nothing.";
    const lines = [wrapped(harmless(text), output.columns), ""];
    // Small models often cite nothing. Then list all passages that were sent.
    const shown = withFolders(sent).flatMap((passage, at) =>
      cited.length === 0 || cited.includes(at + 1) ? [{ passage, at }] : [],
    );
    lines.push(cited.length === 0 ? "It cites none of the passages it was given:" : "Sources:");
    lines.push(...shown.map(({ passage, at }) => `  ${sourceLine(output, passage, at + 1)}`));
    return lines.join("\n");
  });
  if (showPassages && !output.json) {
    output.note(
      `\n${withFolders(sent)
        .map((passage, at) => shownPassage(output, passage, at + 1))
        .join("\n\n")}`,
    );
  }
  printRanking(output, ranking);
  if (leftOut > 0) {
    output.note(output.noteStyle("yellow", leftOutRemark(leftOut, found.passages.length, room)));
  }
  printMeasures(output, answer);
}

function printNothingFound(output: Output, { question, nearest, ranking }: Search): void {
  output.result(
    { question, found: false, answer: null, rankedBy: ranking.by, nearest: nearest ?? null, sources: [] },
    () => "The documents do not say anything about this.",
  );
  printRanking(output, ranking);
  if (nearest === undefined) return;
  const limit = `below ${LEAST_SIMILARITY} the model is not asked`;
  output.note(output.noteStyle("dim", `The nearest passage has a similarity of ${nearest.toFixed(2)}; ${limit}.`));
}
