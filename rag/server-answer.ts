import { z } from "zod";
import { ServerError, UnexpectedAnswerError } from "../clients/errors";
import { search } from "../clients/opensearch/documents";
import { isListOfParts, streamed } from "../clients/opensearch/predict-answer";
import type { OpenSearchServer } from "../clients/opensearch/server";
import { ChatApi } from "../providers/connector/chat-api";
import { promptText } from "../providers/connector/prompt-text";
import type { PassageIndex } from "./passage-index";
import type { FoundPassage } from "./retrieve";

/** The cluster's own answer, by the search processor `retrieval_augmented_generation` of ML Commons. */

const INSTRUCTION =
  "Answer from the search results only, citing them as [1]. If they do not answer the question, say so.";

export interface ServerAnswerer {
  readonly server: OpenSearchServer;
  readonly index: PassageIndex;
  /** Deployed chat model. */
  readonly modelId: string;
  /** What it takes. */
  readonly api: string;
  /** Its name and tag in Ollama, which the processor wants to be told: with messages it puts it over the connector's own. */
  readonly model?: string;
}

/** What the processor has to be told of a model's API, by that API; `/api/chat` takes none of its forms. */
const FORMS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // One text in the parameter `inputs`, which the preset's connector puts where its prompt stands.
  [ChatApi.generate]: { llm_response_field: "response" },
  // A list of messages.
  [ChatApi.openai]: {},
};

/**
 * True where the cluster may make the answer itself: its processor has a form for the model's API, and no text would be
 * taken for a template. Whether it can is told by `serverAnswer`.
 */
export function answersItself(
  { api, model }: ServerAnswerer,
  question: string,
  passages: readonly FoundPassage[],
): boolean {
  if (FORMS[api] === undefined || model === undefined || question.trim() === "") return false;
  // Questions can be neutralised on their way; what lies in the index is sent by the server as it is.
  return passages.every(({ text }) => promptText(text) === text);
}

const extension = z.object({
  retrieval_augmented_generation: z.union([z.object({ answer: z.string() }), z.object({ error: z.string() })]),
});

/**
 * Refusals that say that this cluster or this model cannot: the processor is switched off or unknown, or the connector
 * puts `inputs` nowhere, as those of earlier releases.
 */
const CANNOT =
  /rag_pipeline_feature_enabled is not enabled|placeholder not filled in payload|retrieval_augmented_generation|generative_qa_parameters/;

/**
 * Has the cluster put the given passages before its chat model, in their order: passage 1 is the processor's "SEARCH
 * RESULT 1". They were found before, so that a question which nothing fits never reaches the model.
 *
 * @returns the model's answer; `undefined` where the cluster cannot make one.
 */
export async function serverAnswer(
  { server, index, modelId, api, model }: ServerAnswerer,
  question: string,
  passages: readonly FoundPassage[],
  timeoutSeconds: number,
): Promise<string | undefined> {
  const processor = { model_id: modelId, context_field_list: ["text"], system_prompt: INSTRUCTION };
  const parameters = {
    ...FORMS[api],
    llm_model: model,
    llm_question: promptText(question),
    context_size: passages.length,
    // The processor's own is 30 s; ours comes first.
    timeout: Math.ceil(timeoutSeconds) + 1,
  };
  const body = {
    size: passages.length,
    _source: ["text"],
    query: { bool: { should: passages.map(({ id }, at) => only(id, passages.length - at)) } },
    search_pipeline: { response_processors: [{ retrieval_augmented_generation: processor }] },
    ext: { generative_qa_parameters: parameters },
  };
  const answer = await search(server, index.name, body, { timeoutSeconds, repeatable: false }).catch(
    (error: unknown) => {
      if (error instanceof ServerError && CANNOT.test(error.reason)) return undefined;
      throw error;
    },
  );
  if (answer === undefined) return undefined;
  const request = `POST /${index.name}/_search`;
  const parsed = extension.safeParse(answer.ext);
  if (!parsed.success) throw new UnexpectedAnswerError(request, "it holds no ext.retrieval_augmented_generation");
  const { retrieval_augmented_generation: generated } = parsed.data;
  if ("error" in generated) throw new ServerError(200, "", generated.error, request);
  if (isListOfParts(generated.answer)) throw streamed(request);
  return generated.answer;
}

/** One passage with a score of its own, so that hits come in the order of the passages. */
function only(id: string, boost: number): Record<string, unknown> {
  return { constant_score: { filter: { ids: { values: [id] } }, boost } };
}
