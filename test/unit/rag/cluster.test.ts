import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PassageIndex } from "../../../rag/passage-index";
import { Retrieval, retrieve } from "../../../rag/retrieve";
import { serverAnswer } from "../../../rag/server-answer";
import { embeddings, hits, ok, ScriptedOpenSearch, type SeenRequest } from "./scripted-opensearch";

const index: PassageIndex = {
  name: "passages",
  embeddingModel: "all-minilm",
  dimension: 2,
  searchesVectors: true,
  knowsRoots: true,
};
const passage = (id: string, vector: number[]) => ({
  id,
  source: { source: `${id}.md`, title: `T > ${id}`, position: 0, text: `text of ${id}`, vector },
});

/** What test/server cannot see, since its server is of one version and answers as it should. */
describe("a cluster with k-NN and neural-search", () => {
  let cluster: ScriptedOpenSearch;
  let version: string;

  beforeEach(async () => {
    cluster = await new ScriptedOpenSearch().start();
    cluster.script = (request: SeenRequest) => {
      if (request.path === "/") return ok({ cluster_uuid: "u", version: { number: version } });
      if (request.path === "/_cat/plugins") {
        return ok([{ component: "opensearch-knn" }, { component: "opensearch-neural-search" }]);
      }
      if (request.path === "/_plugins/_ml/models/embedder/_predict") return ok(embeddings([[0, 1]]));
      if (request.path === "/passages/_search") return ok(hits([passage("a", [0, 2]), passage("b", [1, 1])]));
      return undefined;
    };
  });
  afterEach(() => cluster.stop());

  it.each(["2.17.1", "2.19.3", "3.0.0"])("mixes scores by the same weights where it is %s, before 3.1", async (old) => {
    version = old;
    const { server } = cluster;
    const question = "How does a boat float?";
    await retrieve({ server, index, question, embeddingModelId: "embedder", retrieval: Retrieval.hybrid, top: 2 });
    expect(cluster.bodies("/passages/_search")).toMatchObject([
      {
        search_pipeline: {
          phase_results_processors: [
            {
              "normalization-processor": {
                normalization: { technique: "min_max" },
                combination: { technique: "arithmetic_mean", parameters: { weights: [0.1, 0.9] } },
              },
            },
          ],
        },
      },
    ]);
  });

  it("whose search brings no answer along is not understood", async () => {
    const answerer = { server: cluster.server, index, modelId: "chat", api: "openai", model: "smollm2:135m" };
    await expect(serverAnswer(answerer, "Why?", [], 10)).rejects.toThrow(
      "it holds no ext.retrieval_augmented_generation",
    );
  });
});
