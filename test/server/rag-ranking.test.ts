import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { openSearch } from "../../clients/opensearch/connect";
import { describePassageIndex } from "../../rag/passage-index";
import { Retrieval, retrieve } from "../../rag/retrieve";
import { commandLine } from "../support/command-line";
import { INDEX, type RagWorld, startRagWorld } from "./rag-support";

let world: RagWorld;
const search = (...args: string[]) =>
  commandLine(["rag", "search", "Which ship carries cranes?", ...args], { environment: world.environment });
const ingest = () => commandLine(["rag", "ingest", world.folder], { environment: world.environment });

const SHIPS = "# Ships\n\n## Alke\n\nCarries lanterns.\n\n## Skarv\n\nCarries cranes.\n";
const VOCABULARY = "anchor bell crane deck engine flag gull harbour ice jetty keel lamp mast net oar pilot".split(" ");

/** Sixty passages of sixteen words, some of them several times; the same in every run, and no two equally near to anything. */
function corpus(): string {
  let seed = 7;
  const next = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((seed / 2 ** 31) * below);
  };
  const passages = Array.from({ length: 60 }, (_, at) => {
    const words = VOCABULARY.flatMap((word) => Array<string>(Math.max(0, next(6) - 2)).fill(word));
    return `## Part ${at}\n\n${words.join(" ")} filler${at}\n`;
  });
  return `# Words\n\n${passages.join("\n")}`;
}

const QUESTIONS = VOCABULARY.map((word, at) => `${word} ${VOCABULARY[(at * 3 + 5) % 16]} ${VOCABULARY[(at + 9) % 16]}`);

describe("the cluster ranks an index whose vectors it searches", () => {
  beforeAll(async () => {
    world = await startRagWorld();
    await world.renew();
    world.write("words.md", corpus());
    expect(await ingest()).toMatchObject({ code: 0 });
  });
  afterAll(() => world.stop());

  /** Ids of the best passages, as the cluster and as this package ranks them. */
  async function found(question: string, retrieval: Retrieval, top: number) {
    const server = openSearch(world.connection);
    const index = await describePassageIndex(server, INDEX);
    const { embeddingModelId } = world;
    const options = { server, embeddingModelId, question, retrieval, top };
    const cluster = await retrieve({ ...options, index });
    const client = await retrieve({ ...options, index: { ...index, searchesVectors: false } });
    expect([cluster.ranking.by, client.ranking.by]).toEqual(["cluster", "client"]);
    return [cluster, client].map(({ passages, nearest }) => ({
      ids: passages.map(({ id }) => id),
      similarities: passages.map(({ similarity }) => similarity?.toFixed(5)),
      nearest: nearest?.toFixed(5),
    }));
  }

  it.each([
    [Retrieval.hybrid, 1],
    [Retrieval.hybrid, 3],
    [Retrieval.hybrid, 10],
    [Retrieval.dense, 3],
  ])("as the two rankings are fused here: %s, the first %i", async (retrieval, top) => {
    for (const question of QUESTIONS) {
      const [cluster, client] = await found(question, retrieval, top);
      expect(cluster, question).toEqual(client);
      expect(cluster?.ids).toHaveLength(top);
    }
  });
});

describe("who ranks", () => {
  beforeAll(async () => {
    world = await startRagWorld();
  });
  afterAll(() => world.stop());

  const ingested = async (vectors: "knn" | "stored" = "knn") => {
    await world.renew(vectors);
    world.write("ships.md", SHIPS);
    expect(await ingest()).toMatchObject({ code: 0 });
  };

  it("is the cluster, by default, and said", async () => {
    await ingested();
    const { code, err } = await search();
    expect([code, err]).toEqual([0, "Searched by the cluster itself.\n"]);
    expect(JSON.parse((await search("--json")).out)).toMatchObject({ rankedBy: "cluster" });
  });

  it("is the cluster for words alone, which need no vectors", async () => {
    await ingested("stored");
    expect((await search("--retrieval", "bm25")).err).toBe("Searched by the cluster itself.\n");
  });

  it("is the command where an index of a cluster without k-NN only keeps its vectors, as status says, too", async () => {
    await ingested("stored");
    const because = "the index only keeps its vectors, as it was made when the cluster had no k-NN";
    const { code, out, err } = await search("--top", "1");
    expect([code, err]).toEqual([0, `Ranked by this command, since ${because}.\n`]);
    expect(out).toContain("Ships > Skarv");
    const status = (...args: string[]) => commandLine(["rag", "status", ...args], { environment: world.environment });
    expect((await status()).out).toBe(
      `passages: 2 passages · all-minilm, 256 numbers a vector · ranked by this command, over BM25 hits and stored vectors, since ${because}\n`,
    );
    expect(JSON.parse((await status("--json")).out)).toMatchObject({ rankedBy: "client" });
  });
});

describe("who ranks, where the cluster lacks a plugin", () => {
  afterEach(() => world.stop());

  it.each([
    [["opensearch-neural-search"], "the cluster lacks opensearch-neural-search"],
    [["opensearch-knn", "opensearch-neural-search"], "the cluster lacks opensearch-knn and opensearch-neural-search"],
  ])("is the command, and it says that it misses %j", async (missing, because) => {
    world = await startRagWorld();
    await world.renew();
    world.write("ships.md", SHIPS);
    expect(await ingest()).toMatchObject({ code: 0 });
    // Nothing takes a plugin away from a server that runs, so its list is cut.
    const answer = (rows: unknown) =>
      (rows as { component: string }[]).filter(({ component }) => !missing.includes(component));
    // Another user's connection: a process asks once for the plugins, and the resource has done so.
    world.cluster.faults.add({ match: { path: "/_cat/plugins" }, action: { kind: "rewrite", answer } });
    const environment = {
      ...world.environment,
      OLLAMA_CHAT_OPENSEARCH_USERNAME: "u",
      OLLAMA_CHAT_OPENSEARCH_PASSWORD: "p",
    };
    const { code, out, err } = await commandLine(["rag", "search", "Which ship carries cranes?", "--top", "1"], {
      environment,
    });
    expect([code, err]).toEqual([0, `Ranked by this command, since ${because}.\n`]);
    expect(out).toContain("Ships > Skarv");
  });
});

describe("a user who may search and ask the models, and nothing else", () => {
  const READER = { OLLAMA_CHAT_OPENSEARCH_USERNAME: "reader", OLLAMA_CHAT_OPENSEARCH_PASSWORD: "Calm-Lantern-5528" };
  const SECURITY = "/_plugins/_security/api";

  beforeAll(async () => {
    world = await startRagWorld({ kind: "secured" });
    await world.renew();
    world.write("ships.md", SHIPS);
    expect(await ingest()).toMatchObject({ code: 0 });
    await world.api("PUT", `${SECURITY}/roles/reader`, {
      cluster_permissions: ["cluster:admin/opensearch/ml/predict"],
      index_permissions: [{ index_patterns: [INDEX], allowed_actions: ["read", "indices:admin/get"] }],
    });
    const user = { password: READER.OLLAMA_CHAT_OPENSEARCH_PASSWORD, opendistro_security_roles: ["reader"] };
    await world.api("PUT", `${SECURITY}/internalusers/reader`, user);
  });
  afterAll(async () => {
    await world.api("DELETE", `${SECURITY}/internalusers/reader`);
    await world.api("DELETE", `${SECURITY}/roles/reader`);
    await world.stop();
  });

  const rag = (...args: string[]) =>
    commandLine(["rag", ...args], { environment: { ...world.environment, ...READER } });

  it("finds by the command's ranking, which needs no more, and is told why", async () => {
    const { code, out, err } = await rag("search", "Which ship carries cranes?", "--top", "1");
    expect([code, err]).toEqual([
      0,
      "Ranked by this command, since this user may not ask which plugins the cluster has.\n",
    ]);
    expect(out).toContain("Ships > Skarv");
  });

  it("is answered by the cluster all the same", async () => {
    const { code, out } = await rag("ask", "Which ship carries cranes?", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ answer: "It says so [1].", answeredBy: "cluster", rankedBy: "client" });
  });
});
