import { beforeEach, describe, expect, it } from "vitest";
import { RETRIEVALS } from "../../rag/retrieve";
import { commandLine } from "../support/command-line";
import { ingest, json, rag, world } from "./rag-harbour";

describe("ollama-chat rag ask", () => {
  beforeEach(async () => {
    await ingest();
  });

  it("answers from the passages that fit, and names the sources that the answer cites", async () => {
    const { code, out } = await rag("ask", "Which ship carries cranes?");
    expect([code, out]).toEqual([0, "It says so [1].\n\nSources:\n  [1] harbour/ships.md · Ships > Skarv\n"]);
    const [prompt] = world.words.prompts;
    expect(prompt).toContain("SEARCH RESULT 1: Skarv is large and carries cranes.");
    expect(prompt).toContain("QUESTION: Which ship carries cranes?");
  });

  it("names no source that was not sent, and says when the answer cites none", async () => {
    world.words.words = "It is so [9].";
    const { out } = await rag("ask", "Which ship carries cranes?", "--top", "1");
    expect(out).toBe(
      "It is so.\n\nIt cites none of the passages it was given:\n  [1] harbour/ships.md · Ships > Skarv\n",
    );
  });

  it("tells scripts everything, and which sources are cited", async () => {
    expect(await json("ask", "Which ship carries cranes?", "--top", "2")).toEqual({
      question: "Which ship carries cranes?",
      found: true,
      answer: "It says so [1].",
      thinking: null,
      doneReason: null,
      promptCut: false,
      model: "m",
      seconds: expect.any(Number),
      tokens: null,
      promptTokens: null,
      tokensPerSecond: null,
      through: "opensearch",
      answeredBy: "cluster",
      rankedBy: "cluster",
      nearest: expect.any(Number),
      leftOut: 0,
      sources: [
        {
          number: 1,
          cited: true,
          root: world.folder,
          source: "harbour/ships.md",
          title: "Ships > Skarv",
          position: 1,
          text: "Skarv is large and carries cranes.",
          score: expect.any(Number),
          similarity: expect.any(Number),
        },
        expect.objectContaining({ number: 2, cited: false, title: "Ships > Alke" }),
      ],
    });
  });

  it("sends no more passages than the model's own context has room for, and says so", async () => {
    world.words.contextTokens = 60;
    const environment = { ...world.environment, OLLAMA_CHAT_OLLAMA_ENDPOINT: world.words.endpoint };
    const { err } = await commandLine(["rag", "ask", "Which ship carries cranes?"], { environment });
    expect(err).toContain("2 of 3 passages did not fit into the model's context of 60 tokens and were not sent.\n");
    expect(world.words.prompts).toHaveLength(1);
    expect(world.words.prompts[0]).not.toContain("lanterns");
  });

  it("sends fewer passages where the model says that they do not fit", async () => {
    world.words.mostPassages = 1;
    const { code, err } = await rag("ask", "Which ship carries cranes?");
    expect([code, world.words.prompts.length]).toEqual([0, 2]);
    expect(err).toContain("2 of 3 passages did not fit into the model's context and were not sent.\n");
    expect(await json("ask", "Which ship carries cranes?")).toMatchObject({ leftOut: 2, sources: [{ number: 1 }] });
  });

  it("does not ask the model when no passage comes near", async () => {
    const { code, out, err } = await rag("ask", "zebra quagga xylophone");
    expect([code, out]).toEqual([0, "The documents do not say anything about this.\n"]);
    expect(err).toMatch(
      /^Searched by the cluster itself\.\nThe nearest passage has a similarity of 0\.\d\d; below 0\.25 the model is not asked\.\n$/,
    );
    expect(world.words.prompts).toEqual([]);
    expect(await json("ask", "zebra quagga xylophone")).toMatchObject({ found: false, answer: null, sources: [] });
  });

  it("shows the passages that were sent, if asked to", async () => {
    const { err } = await rag("ask", "Which ship carries cranes?", "--show-passages", "--top", "1");
    expect(err).toMatch(
      /\[1\] harbour\/ships\.md · Ships > Skarv \(similarity 0\.\d\d\)\n {4}Skarv is large and carries cranes\.\n/,
    );
  });

  it("answers a question that is longer than the embedding model reads", async () => {
    world.words.mostLetters = 200;
    const { code, out } = await rag("ask", "Skarv is large and carries cranes, is it not? ".repeat(40));
    expect([code, out.split("\n").at(-2)]).toEqual([0, "  [1] harbour/ships.md · Ships > Skarv"]);
  });

  it("shows an answer without the model's thinking, and code in it as it is", async () => {
    world.words.words = "<think>Hm [2].</think>\n\nTake `ships[9]` [1].";
    const { out, err } = await rag("ask", "Which ship carries cranes?", "--top", "1");
    expect(out).toBe("Take `ships[9]` [1].\n\nSources:\n  [1] harbour/ships.md · Ships > Skarv\n");
    expect(err).toContain("Its thinking (2 words) is left out; --json has it.\n");
  });

  it("keeps a question from being taken for a template", async () => {
    await rag("ask", "Which ship carries ${parameters.cranes}?");
    expect(world.words.prompts[0]).toContain("QUESTION: Which ship carries $\u2060{parameters.cranes}?");
  });
});

describe("ollama-chat rag search", () => {
  it.each(RETRIEVALS)("finds by %s, and asks no model to write", async (retrieval) => {
    await ingest();
    const { out } = await rag("search", "cranes", "--retrieval", retrieval, "--top", "1");
    expect(out).toMatch(/^\[1\] harbour\/ships\.md · Ships > Skarv.*\n {4}Skarv is large and carries cranes\.\n$/);
    expect(world.words.prompts).toEqual([]);
  });

  it("by words needs no embedding model, and says when no word is shared", async () => {
    await ingest();
    const { OLLAMA_CHAT_EMBEDDING_MODEL_ID: _, ...environment } = world.environment;
    const search = (...args: string[]) => commandLine(["rag", "search", ...args], { environment });
    expect((await search("cranes", "--retrieval", "bm25")).out).toContain("Ships > Skarv");
    expect((await search("zebra", "--retrieval", "bm25")).out).toBe("No passage shares a word with the question.\n");
    const { code, err } = await search("cranes", "--retrieval", "dense");
    expect(code).toBe(1);
    expect(err).toContain("error: No embedding model is known, and this kind of retrieval compares meanings.");
  });
});

describe("ollama-chat rag", () => {
  it("says in status what the index holds and how it is searched", async () => {
    await ingest();
    expect((await rag("status")).out).toBe(
      "passages: 3 passages · all-minilm, 256 numbers a vector · ranked by the cluster's own hybrid search\n",
    );
    expect(await json("status")).toEqual({
      index: "passages",
      passages: 3,
      embeddingModel: "all-minilm",
      dimension: 256,
      rankedBy: "cluster",
    });
  });

  it("says that an empty index wants documents", async () => {
    const { code, err } = await rag("ask", "Why?");
    expect(code).toBe(1);
    expect(err).toBe(
      "error: The index passages is empty.\n  cause: No documents were ingested yet.\n  fix: Ingest some: ollama-chat rag ingest FOLDER.\n",
    );
  });

  it("says that there is no such index, no rag in the stack, no question", async () => {
    const missing = await rag("status", "--rag-index", "nowhere");
    expect([missing.code, missing.err.split("\n")[0]]).toEqual([
      1,
      `error: There is no index nowhere on ${world.cluster.url}.`,
    ]);
    const { OLLAMA_CHAT_RAG_INDEX: _, ...environment } = world.environment;
    const without = await commandLine(["rag", "status"], { environment });
    expect([without.code, without.err.split("\n")[0]]).toEqual([3, "error: No index of documents is known."]);
    const silent = await rag("ask");
    expect([silent.code, silent.err.split("\n")[0]]).toEqual([2, "error: There is no question."]);
  });

  it("finds the index behind an alias, and refuses an alias of several and a pattern", async () => {
    await ingest();
    await world.api("POST", "/_aliases", { actions: [{ add: { index: "passages", alias: "handbook" } }] });
    const byAlias = await rag("status", "--rag-index", "handbook");
    expect([byAlias.code, byAlias.out.split(" · ")[0]]).toEqual([0, "passages: 3 passages"]);
    expect((await rag("ingest", world.folder, "--rag-index", "handbook")).code).toBe(0);
    const part = { index: "passages", alias: "ships", filter: { term: { source: "ships.md" } } };
    await world.api("POST", "/_aliases", { actions: [{ add: part }] });
    const filtered = await rag("status", "--rag-index", "ships");
    expect([filtered.code, filtered.err.split("\n")[0]]).toEqual([
      1,
      "error: The alias ships shows a part of the index passages only: it has a filter.",
    ]);
    await world.api("PUT", "/other", {});
    await world.api("POST", "/_aliases", { actions: [{ add: { index: "other", alias: "handbook" } }] });
    const several = await rag("status", "--rag-index", "handbook");
    expect([several.code, several.err.split("\n")[0]]).toEqual([
      1,
      "error: handbook is an alias of 2 indices: other, passages.",
    ]);
    for (const pattern of ["pass*", "passages,other", "_all"]) {
      const { code, err } = await rag("status", "--rag-index", pattern);
      expect([code, err.split("\n")[0]]).toEqual([
        2,
        `error: --rag-index is "${pattern}": it is not the name of an index.`,
      ]);
    }
  });

  it("refuses an index that holds no passages", async () => {
    await world.api("PUT", "/other", { mappings: { properties: { text: { type: "text" } } } });
    const { code, err } = await rag("ingest", world.folder, "--rag-index", "other");
    expect(code).toBe(1);
    expect(err).toContain(
      "error: The index other is not an index of passages: its mapping does not say in _meta.ollamachat",
    );
  });
});
