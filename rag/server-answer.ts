import { z } from "zod";
import { ServerError, UnexpectedAnswerError } from "../clients/errors";
import { getClusterSettings } from "../clients/opensearch/cluster";
import { search } from "../clients/opensearch/documents";
import { installedPlugins } from "../clients/opensearch/plugins";
import type { OpenSearchServer } from "../clients/opensearch/server";
import { validate } from "../clients/validate";
import { ChatApi } from "../providers/connector/chat-api";
import { promptText } from "../providers/connector/prompt-text";
import type { PassageIndex } from "./passage-index";
import type { FoundPassage } from "./retrieve";
import { searchesHybrid } from "./server-search";

/**
 * The cluster's own answer, by the search processor `retrieval_augmented_generation`. Written by the processor's
 * documentation and source (ml-commons, `search-processors`), tested against a scripted server, not run on a real one.
 */

const ML_PLUGIN = "opensearch-ml";
const INSTRUCTION =
  "Answer from the search results only, citing them as [1]. If they do not answer the question, say so.";
const SWITCH = "plugins.ml_commons.rag_pipeline_feature_enabled";

export interface ServerAnswerer {
  readonly server: OpenSearchServer;
  readonly index: PassageIndex;
  /** Deployed chat model. */
  readonly modelId: string;
  /** What it takes; the processor speaks `openai` only. */
  readonly api: string;
  /** Its name and tag in Ollama: the processor puts it over the connector's own model. */
  readonly model?: string;
}

/**
 * True where the cluster can make the answer itself: it searches the index's vectors, its chat model speaks the API of
 * OpenAI, and the processor is switched on. A text that the server would take for a template is answered from here.
 */
export async function answersItself(
  { server, index, api, model }: ServerAnswerer,
  question: string,
  passages: readonly FoundPassage[],
): Promise<boolean> {
  if (api !== ChatApi.openai || model === undefined) return false;
  const plugins = await installedPlugins(server);
  if (!plugins.has(ML_PLUGIN) || !searchesHybrid(index, plugins)) return false;
  // Questions can be neutralised on their way; what lies in the index is sent by the server as it is.
  if (question.trim() === "" || passages.some(({ text }) => promptText(text) !== text)) return false;
  return await isSwitchedOn(server);
}

async function isSwitchedOn(server: OpenSearchServer): Promise<boolean> {
  try {
    const { transient, persistent, defaults } = await getClusterSettings(server);
    return (transient[SWITCH] ?? persistent[SWITCH] ?? defaults[SWITCH]) === "true";
  } catch (error) {
    if (error instanceof ServerError && error.status === 403) return false;
    throw error;
  }
}

const extension = z.object({
  retrieval_augmented_generation: z.union([z.object({ answer: z.string() }), z.object({ error: z.string() })]),
});

/**
 * Has the cluster put the given passages before its chat model, in their order: passage 1 is the processor's "SEARCH
 * RESULT 1". They were found before, so that a question which nothing fits never reaches the model.
 */
export async function serverAnswer(
  { server, index, modelId, model }: ServerAnswerer,
  question: string,
  passages: readonly FoundPassage[],
  timeoutSeconds: number,
): Promise<string> {
  const { ext } = await search(
    server,
    index.name,
    {
      size: passages.length,
      _source: ["text"],
      query: { bool: { should: passages.map(({ id }, at) => only(id, passages.length - at)) } },
      search_pipeline: {
        response_processors: [
          {
            retrieval_augmented_generation: {
              model_id: modelId,
              context_field_list: ["text"],
              system_prompt: INSTRUCTION,
            },
          },
        ],
      },
      ext: {
        generative_qa_parameters: {
          llm_model: model,
          llm_question: promptText(question),
          context_size: passages.length,
          timeout: Math.ceil(timeoutSeconds),
        },
      },
    },
    timeoutSeconds,
  );
  const request = `POST /${index.name}/_search`;
  const parsed = validate(extension, ext);
  if (!parsed.success) throw new UnexpectedAnswerError(request, "it holds no ext.retrieval_augmented_generation");
  const { retrieval_augmented_generation: generated } = parsed.data;
  if ("error" in generated) throw new ServerError(200, "", generated.error, request);
  return generated.answer;
}

/** One passage with a score of its own, so that hits come in the order of the passages. */
function only(id: string, boost: number): Record<string, unknown> {
  return { constant_score: { filter: { ids: { values: [id] } }, boost } };
}
