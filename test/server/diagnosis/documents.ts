import { bulk, refresh, search } from "../../../clients/opensearch/documents";
import { countDocuments, createIndex } from "../../../clients/opensearch/indices";
import { predict } from "../../../clients/opensearch/predict";
import { openAiChat } from "../../../providers/connector/presets";
import { serverAnswer } from "../../../rag/server-answer";
import { withEmbedding } from "../doctor/breaks/documents";
import type { DoctorWorld } from "../doctor/world";
import { serverOf, soon } from "./acts";
import type { Provocation } from "./provocation";

const QUESTION = "Which ship carries cranes?";
const PASSAGE = { id: "1", source: "ships.md", title: "Ships", position: 0, text: "Skarv carries cranes.", score: 1 };

/** Lets the cluster itself answer from its one passage, by its RAG processor. */
async function answered(world: DoctorWorld, api: string, model?: string): Promise<unknown> {
  const server = serverOf(world);
  await createIndex(server, "docs", { mappings: { properties: { text: { type: "text" } } }, settings: {} });
  await bulk(server, "docs", [{ id: "1", document: { text: PASSAGE.text } }]);
  await refresh(server, "docs");
  const index = { name: "docs", searchesVectors: true, knowsRoots: true, embeddingModel: "all-minilm", dimension: 3 };
  return await serverAnswer({ server, index, modelId: world.modelId, api, model }, QUESTION, [PASSAGE], 30);
}

/** The model server answers, and not in the form that is looked for. */
async function inAnotherForm(world: DoctorWorld, api: string): Promise<unknown> {
  world.ollama.toOpenSearch = { status: 200, body: { done: true } };
  return await answered(world, api, "smollm2:135m");
}

export const DOCUMENT_PROVOCATIONS: readonly Provocation<DoctorWorld>[] = [
  {
    row: "rag-index-missing",
    how: "documents are counted in an index that is not there",
    run: (world) => countDocuments(serverOf(world), "docs"),
    says: "POST /docs/_refresh answered 404 index_not_found_exception: no such index [docs]",
  },
  {
    row: "too-many-words",
    how: "a query of more words than the cluster takes",
    run: async (world) => {
      const server = serverOf(world);
      await createIndex(server, "docs", { mappings: { properties: { text: { type: "text" } } }, settings: {} });
      const words = Array.from({ length: 1_100 }, (_, at) => `w${at}`).join(" ");
      await search(server, "docs", { query: { match: { text: words } } });
    },
    says: "POST /docs/_search answered 400 search_phase_execution_exception: all shards failed: failed to create query: maxClauseCount is set to 1024",
  },
  {
    row: "embedding-reply",
    how: "the connector's post-process function is that of another API",
    run: async (world) => {
      await withEmbedding(world, "connector.post_process.openai.embedding");
      await predict(serverOf(world), world.outputs.embeddingModelId ?? "", { input: ["a passage"] }, soon());
    },
    says: "POST /_plugins/_ml/models/EMBEDDING/_predict answered 500 m_l_exception: Fail to execute PREDICT in aws connector",
  },
  {
    row: "ollama-streams",
    how: "the cluster answers from passages by a model server that streams",
    run: async (world) => {
      const body = { model: "smollm2:135m", prompt: "${parameters.inputs}" };
      const { actions, ...connector } = world.connectorBody;
      await world.moveTo({ ...connector, actions: [{ ...actions[0], request_body: JSON.stringify(body) }] });
      await answered(world, "generate", "smollm2:135m");
    },
    says: "POST /docs/_search answered in a form that is not understood: the model server streams its answer, and this is the list of its parts",
  },
  {
    row: "rag-pipeline",
    how: "a RAG pipeline looks for an answer by llm_response_field, and finds none",
    run: (world) => inAnotherForm(world, "generate"),
    says: "POST /docs/_search answered 200: Unknown error or response.",
  },
  {
    row: "rag-pipeline",
    how: "it looks for one where /v1/chat/completions has it, and finds none",
    run: async (world) => {
      await world.useConnector(openAiChat({ endpoint: world.ollama.endpoint, model: "smollm2:135m" }));
      await inAnotherForm(world, "openai");
    },
    says: 'POST /docs/_search answered 500 null_pointer_exception: Cannot invoke "java.util.Map.get(Object)" because "error" is null',
  },
  {
    row: "rag-pipeline",
    how: "it is not told the model's name",
    run: (world) => answered(world, "generate"),
    says: "POST /docs/_search answered 400 illegal_argument_exception: llm_model cannot be null.",
  },
];
