import { cpSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openSearch } from "../../clients/opensearch/connect";
import { describePassageIndex } from "../../rag/passage-index";
import { DEFAULT_RETRIEVAL } from "../../rag/retrieve";
import { measureRecall, readQuestions } from "../../tools/bench/recall/measure";
import { makeRagWorld, type RagWorld } from "../../tools/bench/recall/rag-world";
import { type RunningOllama, startOllama } from "../support/ollama";
import { TestCluster } from "../support/opensearch/test-cluster";
import { DocumentShell } from "./support/document-shell";
import { repository } from "./support/project";
import { hasOllama, toolchain } from "./support/toolchain";

const FILE = "test/engine/rag-documents.test.ts";
const EXAMPLE = join(repository, "examples", "rag");

// Real embeddings and answers by Ollama, and the built command in processes of its own.
describe.skipIf(!hasOllama)("documents over one's own files", () => {
  let cluster: TestCluster;
  let ollama: RunningOllama;
  let world: RagWorld;
  let shell: DocumentShell;
  const folder = mkdtempSync(join(tmpdir(), "documents-"));

  beforeAll(async () => {
    const { chatModel = "" } = toolchain ?? {};
    [cluster, ollama] = await Promise.all([TestCluster.start(), startOllama()]);
    const connection = { endpoint: cluster.url };
    world = await makeRagWorld({ connection, ollamaEndpoint: ollama.endpoint, chatModel });
    const environment = {
      OLLAMA_CHAT_OPENSEARCH_ENDPOINT: cluster.url,
      OLLAMA_CHAT_OLLAMA_ENDPOINT: ollama.endpoint,
      OLLAMA_CHAT_MODEL: chatModel,
      OLLAMA_CHAT_MODEL_ID: world.modelId,
      OLLAMA_CHAT_EMBEDDING_MODEL_ID: world.embeddingModelId,
      OLLAMA_CHAT_RAG_INDEX: world.index,
    };
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    shell = new DocumentShell(FILE);
    symlinkSync(join(repository, "examples"), join(shell.folder, "examples"));
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    shell?.remove();
    rmSync(folder, { recursive: true, force: true });
    await ollama?.stop();
    await cluster?.close();
  });

  const command = async (...args: string[]) => {
    const quoted = args.map((arg) => `'${arg.replaceAll("'", "'\\''")}'`);
    const { code, stdout, all } = await shell.run(`npx ollama-chat rag ${quoted.join(" ")} --json`);
    expect(code, all).toBe(0);
    return JSON.parse(stdout) as Record<string, unknown>;
  };

  it("a folder is ingested", async ({ task }) => {
    const printed = await shell.runBlocks(task.name);
    expect(printed).toMatch(
      /^passages: 24 files \(0 unchanged, 0 skipped\) · 83 passages \(83 written, 0 removed\) · /,
    );
    expect(printed).toMatch(
      /\npassages: 83 passages · all-minilm, 384 numbers a vector · ranked by the cluster's own hybrid search/,
    );
  });

  it("ingested again, nothing changes", async () => {
    expect(await command("ingest", "examples/rag/documents")).toMatchObject({ unchanged: 24, written: 0, removed: 0 });
  });

  it("a question is answered, with its sources", async ({ task }) => {
    const printed = await shell.runBlocks(task.name);
    // What a model of this size writes is anybody's guess; that its sources are told is not.
    expect(
      printed.match(/^(?:Sources|It cites none of the passages it was given):\n {2}\[\d\] \S+\.md · /gm),
    ).toHaveLength(2);
    expect(printed).toContain('"found": false');
  });

  it.each([
    ["How many days of annual leave does everybody have?", "handbook/leave.md", "Leave > Annual leave"],
    [
      "What should I do when a colleague falls into the water?",
      "handbook/emergencies.md",
      "Emergencies > Man overboard",
    ],
    ["Could my data be sent to the internet?", "stack/security.md", "Security of the stack > What leaves the machine"],
  ])("the model is given the right passage for: %s", async (question, source, title) => {
    const told = await command("ask", question);
    expect(told).toMatchObject({ found: true, through: "opensearch", answeredBy: "cluster", rankedBy: "cluster" });
    expect(told.answer).not.toBe("");
    expect(told.sources).toContainEqual(expect.objectContaining({ source, title }));
    expect(told.sources).toHaveLength(3);
  });

  it("a RAG pipeline of one's own is answered by the same model", async ({ task }) => {
    const [acknowledged, answer = ""] = (await shell.runBlocks(task.name)).split(/(?<=})/);
    expect(JSON.parse(acknowledged ?? "")).toEqual({ acknowledged: true });
    expect(answer.trim()).not.toMatch(/^(null)?$/);
  });

  it("passages are shown without a model", async ({ task }) => {
    const printed = await shell.runBlocks(task.name);
    expect(printed).toMatch(/^\[1\] handbook\/storm-rules\.md · Sailing in bad weather > When ships stay in harbour/);
    expect(printed).toContain("The small ship Alke does not leave above wind force 7.");
  });

  it("finds the right passages, whoever ranks: recall at 3 does not fall below what it was measured at", async () => {
    const server = openSearch({ endpoint: cluster.url });
    const index = await describePassageIndex(server, world.index, "all-minilm");
    const searched = { server, index, embeddingModelId: world.embeddingModelId };
    const questions = readQuestions(join(EXAMPLE, "questions.json")).filter(({ set }) => set === "report");
    const ways = await measureRecall(searched, questions);
    const way = (retrieval: string, by: string) => {
      const found = ways.find((each) => each.retrieval === retrieval && each.by === by);
      if (found === undefined) throw new Error(`${retrieval} by the ${by} was not measured`);
      return found;
    };
    for (const by of ["cluster", "client"]) {
      expect(way(DEFAULT_RETRIEVAL, by).found("both", 3)).toBeGreaterThanOrEqual(0.95);
      expect(way("dense", by).found("both", 3)).toBeGreaterThanOrEqual(0.9);
      expect(way("hybrid", by).found("literal", 3)).toBeGreaterThanOrEqual(0.95);
    }
    expect(way("bm25", "cluster").found("literal", 3)).toBeGreaterThanOrEqual(0.9);
    expect(way(DEFAULT_RETRIEVAL, "cluster").reached("answered")).toBeGreaterThanOrEqual(0.9);
  });

  it("a changed document is found anew, and a removed one no more", async () => {
    cpSync(join(EXAMPLE, "documents"), folder, { recursive: true });
    rmSync(join(folder, "sea", "tides.md"));
    writeFileSync(join(folder, "sea", "salt.md"), "# Salt in the sea\n\n## Taste\n\nOysters taste of iodine.\n");
    // As if the documents had moved there.
    const before = realpathSync(join(EXAMPLE, "documents"));
    expect(await command("ingest", folder, "--as", before)).toMatchObject({
      files: 23,
      unchanged: 22,
      written: 1,
      removed: 6,
    });
    const { passages } = await command("search", "spring tide and neap tide", "--top", "100");
    const sources = (passages as { source: string }[]).map(({ source }) => source);
    expect(sources).toHaveLength(77);
    expect(sources).not.toContain("sea/tides.md");
    const oysters = await command("search", "Do oysters taste of iodine?", "--top", "1");
    expect(oysters.passages).toMatchObject([{ source: "sea/salt.md", position: 0, text: "Oysters taste of iodine." }]);
  });
});
