import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PassageIndex } from "../../../rag/passage-index";
import { Retrieval, retrieve } from "../../../rag/retrieve";
import { answersItself, type ServerAnswerer, serverAnswer } from "../../../rag/server-answer";
import { embeddings, hits, ok, ScriptedOpenSearch, type SeenRequest } from "./scripted-opensearch";

const SWITCH = "plugins.ml_commons.rag_pipeline_feature_enabled";
const index: PassageIndex = { name: "passages", embeddingModel: "all-minilm", dimension: 2, searchesVectors: true };
const passage = (id: string, vector: number[], text = `text of ${id}`) => ({
  id,
  source: { source: `${id}.md`, title: `T > ${id}`, position: 0, text, vector },
});

/** Requests and answers by OpenSearch's documentation; no real cluster with these plugins was asked. */
describe("a cluster with k-NN and neural-search", () => {
  let cluster: ScriptedOpenSearch;
  let version: string;
  let plugins: string[];
  let found: object;
  let settings: object;

  beforeEach(async () => {
    cluster = await new ScriptedOpenSearch().start();
    version = "3.4.0";
    plugins = ["opensearch-knn", "opensearch-neural-search", "opensearch-ml"];
    found = hits([passage("a", [0, 2]), passage("b", [1, 1])]);
    settings = { defaults: { [SWITCH]: "true" } };
    cluster.script = (request: SeenRequest) => {
      if (request.path === "/") return ok({ cluster_uuid: "u", version: { number: version } });
      if (request.path === "/_cat/plugins") return ok(plugins.map((component) => ({ component })));
      if (request.path === "/_cluster/settings") return ok(settings);
      if (request.path === "/_plugins/_ml/models/embedder/_predict") return ok(embeddings([[0, 1]]));
      if (request.path === "/passages/_search") return ok(found);
      return undefined;
    };
  });
  afterEach(() => cluster.stop());

  const ask = (retrieval: Retrieval) =>
    retrieve({
      server: cluster.server,
      index,
      question: "How does a boat float?",
      embeddingModelId: "embedder",
      retrieval,
      top: 2,
    });
  const searched = () => cluster.bodies("/passages/_search");

  it("is asked by one hybrid query that brings its rank fusion along", async () => {
    const { passages, nearest, by } = await ask(Retrieval.hybrid);
    expect(searched()).toEqual([
      {
        size: 2,
        _source: ["text", "title", "source", "position", "vector"],
        query: {
          hybrid: {
            queries: [
              {
                bool: {
                  must: [{ multi_match: { query: "boat float?", fields: ["text", "title^2"] } }],
                  filter: [
                    { multi_match: { query: "boat float?", fields: ["text", "title^2"], minimum_should_match: 2 } },
                  ],
                },
              },
              { knn: { vector: { vector: [0, 1], k: 100 } } },
            ],
          },
        },
        search_pipeline: {
          phase_results_processors: [
            {
              "score-ranker-processor": {
                combination: { technique: "rrf", rank_constant: 60, parameters: { weights: [0.1, 0.9] } },
              },
            },
          ],
        },
      },
    ]);
    expect(by).toBe("cluster");
    expect(passages.map(({ id }) => id)).toEqual(["a", "b"]);
    expect([nearest, passages[1]?.similarity]).toEqual([1, expect.closeTo(Math.SQRT1_2, 10)]);
  });

  it.each(["2.17.1", "2.19.3", "3.0.0"])("mixes scores by the same weights where it is %s, before 3.1", async (old) => {
    version = old;
    await ask(Retrieval.hybrid);
    expect(searched()).toMatchObject([
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

  it("is asked for the nearest vectors alone where words are not to count", async () => {
    await ask(Retrieval.dense);
    expect(searched()).toMatchObject([{ query: { knn: { vector: { vector: [0, 1], k: 100 } } } }]);
    expect(searched()).not.toMatchObject([{ search_pipeline: expect.anything() }]);
  });

  it.each([
    ["has no neural-search", () => plugins.splice(1, 1)],
    ["has no k-NN", () => plugins.splice(0, 1)],
  ])("that %s is asked for candidates, which are ranked here", async (_name, lack) => {
    lack();
    expect((await ask(Retrieval.hybrid)).by).toBe("client");
    const match = { query: "boat float?", fields: ["text", "title^2"] };
    expect(searched()).toEqual([
      {
        size: 500,
        _source: ["text", "title", "source", "position", "vector"],
        query: {
          bool: {
            should: [
              { multi_match: { ...match, _name: "words" } },
              { multi_match: { ...match, minimum_should_match: 2, boost: 0, _name: "votes" } },
              { match_all: { boost: 0 } },
            ],
          },
        },
      },
    ]);
  });

  describe("and the RAG processor", () => {
    const answerer = (more: Partial<ServerAnswerer> = {}): ServerAnswerer => ({
      server: cluster.server,
      index,
      modelId: "chat",
      api: "openai",
      model: "smollm2:135m",
      ...more,
    });
    const passages = ["b", "a"].map((id) => {
      const { source, title, position, text } = passage(id, []).source;
      return { id, source, title, position, text, score: 1 };
    });

    it("answers over the passages that were found, in their order, for Ollama's own name of the model", async () => {
      found = hits([passage("b", []), passage("a", [])], {
        retrieval_augmented_generation: { answer: "It floats [1]." },
      });
      expect(await answersItself(answerer(), "Why?", passages)).toBe(true);
      expect(await serverAnswer(answerer(), "Why ${parameters.x}?", passages, 12.5)).toBe("It floats [1].");
      expect(searched()).toEqual([
        {
          size: 2,
          _source: ["text"],
          query: {
            bool: {
              should: [
                { constant_score: { filter: { ids: { values: ["b"] } }, boost: 2 } },
                { constant_score: { filter: { ids: { values: ["a"] } }, boost: 1 } },
              ],
            },
          },
          search_pipeline: {
            response_processors: [
              {
                retrieval_augmented_generation: {
                  model_id: "chat",
                  context_field_list: ["text"],
                  system_prompt:
                    "Answer from the search results only, citing them as [1]. If they do not answer the question, say so.",
                },
              },
            ],
          },
          ext: {
            generative_qa_parameters: {
              llm_model: "smollm2:135m",
              llm_question: "Why $\u2060{parameters.x}?",
              context_size: 2,
              timeout: 13,
            },
          },
        },
      ]);
    });

    it("tells its own error", async () => {
      found = hits([], { retrieval_augmented_generation: { error: "model not found" } });
      await expect(serverAnswer(answerer(), "Why?", passages, 10)).rejects.toThrow(
        "POST /passages/_search answered 200: model not found",
      );
    });

    it("is missed where the answer has none of it", async () => {
      await expect(serverAnswer(answerer(), "Why?", passages, 10)).rejects.toThrow(
        "it holds no ext.retrieval_augmented_generation",
      );
    });

    it.each([
      ["the model takes another API", () => answersItself(answerer({ api: "generate" }), "Why?", passages)],
      ["the model's name is not known", () => answersItself(answerer({ model: undefined }), "Why?", passages)],
      [
        "the index has no k-NN field",
        () => answersItself(answerer({ index: { ...index, searchesVectors: false } }), "Why?", passages),
      ],
      [
        "a passage would be taken for a template",
        () =>
          answersItself(
            answerer(),
            "Why?",
            passages.map((each) => ({ ...each, text: "a ${parameters.x}" })),
          ),
      ],
      [
        "it is switched off",
        () => {
          settings = { persistent: { [SWITCH]: "false" }, defaults: {} };
          return answersItself(answerer(), "Why?", passages);
        },
      ],
      [
        "there is no ML Commons",
        () => {
          plugins.pop();
          return answersItself(answerer(), "Why?", passages);
        },
      ],
    ])("is not used where %s", async (_name, answers) => {
      expect(await answers()).toBe(false);
    });
  });
});
