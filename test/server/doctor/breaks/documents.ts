import { ollamaEmbedding } from "../../../../providers/connector/presets";
import type { DoctorWorld } from "../world";
import type { Breaks } from "./break";

/** An embedding model beside the chat model, with another post-process function if one is given. */
export async function withEmbedding(world: DoctorWorld, postProcessFunction?: string): Promise<void> {
  const { connectorId, modelId } = world;
  world.ollama.models.set("all-minilm:latest", 45_960_996);
  const { actions, ...preset } = ollamaEmbedding({ endpoint: world.ollama.endpoint, model: "all-minilm" });
  const changed = postProcessFunction === undefined ? {} : { postProcessFunction };
  await world.useConnector({ ...preset, actions: actions.map((action) => ({ ...action, ...changed })) });
  world.outputs.embeddingModelId = world.modelId;
  world.outputs.embeddingModel = "all-minilm";
  Object.assign(world.outputs, { connectorId, modelId });
}

export const DOCUMENT_BREAKS: Breaks = {
  "rag-index-missing": {
    how: "the index of documents was deleted",
    break: (world) => {
      world.outputs.ragIndex = "docs";
    },
    check: "rag-index",
    seen: "docs is not there",
  },
  "rag-index-empty": {
    how: "nothing was put into the index",
    break: async (world) => {
      await world.api("PUT", "/docs", { mappings: { properties: { text: { type: "text" } } } });
      world.outputs.ragIndex = "docs";
    },
    check: "rag-index",
    status: "warn",
    seen: "docs is empty",
  },
  "embedding-reply": {
    how: "the connector's post-process function is that of another API",
    break: (world) => withEmbedding(world, "connector.post_process.openai.embedding"),
    check: "embedding",
    seen: /answered 500 m_l_exception: Fail to execute PREDICT in aws connector/,
  },
  "rag-pipeline": {
    how: "a RAG pipeline looks for the answer where /api/generate does not put it",
    break: async (world) => {
      const processor = { model_id: world.modelId, context_field_list: ["text"] };
      const body = { response_processors: [{ retrieval_augmented_generation: processor }] };
      await world.api("PUT", "/_search/pipeline/rag", body);
    },
    check: "rag-pipelines",
    seen: "rag has no llm_response_field, and the connector's API is generate",
  },
};
