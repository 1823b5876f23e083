import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { RETRIEVAL_CHOICES, RETRIEVAL_DEFAULT } from "../../cli/commands/rag";
import { DEFAULT_RETRIEVAL, RETRIEVALS } from "../../rag/retrieve";
import { CommandLine, commandLine } from "../support/command-line";
import { DIMENSION, INDEX, type RagWorld, startRagWorld } from "./rag-support";

const SHIPS =
  "# Ships\n\n## Alke\n\nAlke is small and carries lanterns.\n\n## Skarv\n\nSkarv is large and carries cranes.\n";
const TEA = "# Tea\n\nGreen tea is brewed with cool water.\n";

let world: RagWorld;
beforeAll(async () => {
  world = await startRagWorld();
});
afterAll(() => world.stop());
beforeEach(async () => {
  await world.renew();
  world.write("harbour/ships.md", SHIPS);
  world.write("tea.txt", TEA);
});

const rag = (...args: string[]) => commandLine(["rag", ...args], { environment: world.environment });
const ingest = (...args: string[]) => rag("ingest", world.folder, ...args);
const json = async (...args: string[]) => JSON.parse((await rag(...args, "--json")).out) as Record<string, unknown>;

/** What the index holds: source, number and text of each passage. */
async function held(): Promise<unknown[]> {
  const body = { size: 100, sort: [{ source: "asc" }, { position: "asc" }], query: { match_all: {} } };
  const answer = await world.api("POST", `/${INDEX}/_search`, body);
  const { hits } = answer.hits as { hits: { _source: Record<string, unknown> }[] };
  return hits.map(({ _source: { source, position, text } }) => [source, position, text]);
}

const ALL = [
  ["harbour/ships.md", 0, "Alke is small and carries lanterns."],
  ["harbour/ships.md", 1, "Skarv is large and carries cranes."],
  ["tea.txt", 0, "# Tea\n\nGreen tea is brewed with cool water."],
];

describe("ollama-chat rag ingest", () => {
  it("makes the index hold the folder's passages, and says how many and how fast", async () => {
    const { code, out, err } = await ingest();
    expect(await held()).toEqual(ALL);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^passages: 2 files \(0 unchanged, 0 skipped\) · 3 passages \(3 written, 0 removed\) · \d+\.\d s, \d+(\.\d)? passages\/s\n$/,
    );
    expect(err).toBe(`3 of 3 passages of ${world.folder} into passages\n`);
    expect(world.words.embedded).toContain("Ships > Alke\nAlke is small and carries lanterns.");
  });

  it("changes nothing the second time, and embeds nothing", async () => {
    await ingest();
    world.words.embedded.length = 0;
    expect(await json("ingest", world.folder)).toMatchObject({
      files: 2,
      unchanged: 2,
      passages: 3,
      written: 0,
      removed: 0,
    });
    expect(world.words.embedded).toEqual([]);
    expect(await held()).toEqual(ALL);
  });

  it("follows a document that became shorter, and one that is gone", async () => {
    await ingest();
    world.write("harbour/ships.md", SHIPS.split("## Skarv")[0] ?? "");
    rmSync(join(world.folder, "tea.txt"));
    expect(await json("ingest", world.folder)).toMatchObject({ written: 1, removed: 2 });
    expect(await held()).toEqual(ALL.slice(0, 1));
  });

  it("names what it skips, and goes on", async () => {
    world.write("empty.md", "\n");
    world.write("hidden.md", "---\ntitle: Hidden\n---\n<!-- nothing else -->\n");
    world.write("plan.pdf", "");
    const { code, err } = await ingest();
    expect(code).toBe(0);
    expect(err).toContain(
      "skipped: empty.md: is empty\nskipped: hidden.md: holds nothing but front matter and comments\nnot read: files of other kinds: 1 .pdf\n",
    );
  });

  it("waits for a model server that is busy", async () => {
    world.words.busy = 2;
    expect((await ingest()).code).toBe(0);
    expect(await held()).toEqual(ALL);
  });

  it("changes nothing when the folder has no documents", async () => {
    await ingest();
    rmSync(join(world.folder, "harbour"), { recursive: true });
    rmSync(join(world.folder, "tea.txt"));
    const { code, err } = await ingest();
    expect(code).toBe(1);
    expect(err).toContain(`error: There is no document in ${world.folder}, so nothing was changed.`);
    expect(await held()).toEqual(ALL);
  });

  it("has two folders with a document of the same path side by side, and removes only what came from the same", async () => {
    world.write("README.md", "Ours.");
    await ingest();
    const other = mkdtempSync(join(tmpdir(), "other-"));
    writeFileSync(join(other, "README.md"), "Theirs.");
    const refused = await rag("ingest", other);
    expect(refused.code).toBe(1);
    expect(refused.err).toContain(
      `error: The index passages holds 3 documents, and none of ${other}; nothing was changed.\n  cause: They were ingested from ${world.folder}; this folder is ${other}.\n  fix: Give the folder that was ingested before; or add --keep to have both, or --replace to let the others go. If that is where this folder was before, add --as ${world.folder}.\n`,
    );
    expect(await held()).toHaveLength(4);
    expect(await json("ingest", other, "--keep")).toMatchObject({ written: 1, removed: 0 });
    const both = [["README.md", 0, "Ours."], ["README.md", 0, "Theirs."], ...ALL];
    expect((await held()).sort()).toEqual(both);
    const { out } = await rag("search", "ours theirs", "--retrieval", "bm25");
    expect(out).toContain(` ${world.folder}/README.md · README`);
    expect(out).toContain(` ${other}/README.md · README`);
    writeFileSync(join(other, "README.md"), "");
    writeFileSync(join(other, "new.md"), "New.");
    const again = await rag("ingest", `${other}/`);
    expect(again.code).toBe(0);
    expect(again.err).toContain(`staying: 3 documents of ${world.folder}\n`);
    expect((await held()).sort()).toEqual([["README.md", 0, "Ours."], ...ALL, ["new.md", 0, "New."]].sort());
    expect(await json("ingest", other, "--replace")).toMatchObject({ written: 0, removed: 4, staying: [] });
    expect(await held()).toEqual([["new.md", 0, "New."]]);
    rmSync(other, { recursive: true });
  });

  it("knows a folder that was moved by the name that it was given", async () => {
    await ingest("--as", "handbook");
    const moved = mkdtempSync(join(tmpdir(), "moved-"));
    cpSync(world.folder, moved, { recursive: true });
    expect(await json("ingest", moved, "--as", "handbook")).toMatchObject({ unchanged: 2, written: 0, removed: 0 });
    rmSync(moved, { recursive: true });
  });

  it("takes over what an earlier release wrote, in an index that has no field for folders", async () => {
    await world.renew("earlier");
    world.write("tea.txt", TEA);
    const hash = (text: string) => createHash("sha256").update(text).digest("hex");
    const sourceHash = hash(JSON.stringify([hash(TEA), 1, "all-minilm"]));
    const earlier = { title: "tea", position: 0, vector: Array(DIMENSION).fill(0.1) };
    const put = (id: string, source: string, more: object) =>
      world.api("PUT", `/${INDEX}/_doc/${id}`, { ...earlier, source, ...more });
    await put("tea-0", "tea.txt", { text: "# Tea", sourceHash });
    await put("gone-0", "gone.txt", { text: "Gone.", sourceHash: "x" });
    const { code, err } = await ingest();
    expect(code).toBe(0);
    expect(err).toContain(
      "staying: 1 document of an earlier release, which did not keep their folder; --replace removes what this folder does not have\n",
    );
    expect((await held()).sort()).toEqual([["gone.txt", 0, "Gone."], ALL[2]]);
    const mapping = await world.api("GET", `/${INDEX}/_mapping`);
    expect(mapping).toMatchObject({ [INDEX]: { mappings: { properties: { root: { type: "keyword" } } } } });
    expect(await json("ingest", world.folder)).toMatchObject({ unchanged: 1, written: 0, removed: 0 });
  });

  it("keeps the passages of a folder that became a symbolic link, and names it", async () => {
    await ingest();
    const outside = mkdtempSync(join(tmpdir(), "outside-"));
    renameSync(join(world.folder, "harbour"), join(outside, "harbour"));
    symlinkSync(join(outside, "harbour"), join(world.folder, "harbour"));
    const { code, err } = await ingest();
    expect(code).toBe(0);
    expect(err).toContain("skipped: harbour/: is a symbolic link to a folder\n");
    expect(await held()).toEqual(ALL);
    rmSync(outside, { recursive: true });
  });

  it("draws a bar on a terminal, and takes it away again", async () => {
    const line = new CommandLine(["rag", "ingest", world.folder], { environment: world.environment, terminal: true });
    await line.ended;
    expect(line.screen).toContain("████████████████████████ 3/3 passages of");
  });

  it("refuses a model whose vectors have another length than the index holds", async () => {
    world.words.dimension = 3;
    const { code, err } = await ingest();
    const model = world.environment.OLLAMA_CHAT_EMBEDDING_MODEL_ID;
    expect(code).toBe(1);
    expect(err).toContain(
      `error: The model ${model} makes vectors of 3 numbers; the index holds vectors of 256.\n  cause: The index was made for another embedding model.\n`,
    );
    expect(await held()).toEqual([]);
  });

  it("cuts again what the model refuses as too long, and leaves out, by name, only what it refuses for good", async () => {
    world.words.mostLetters = 60;
    world.words.hatedWord = "quagga";
    world.write("long.md", `# Long\n\n${"Lanterns hang along the pier. ".repeat(5)}`);
    world.write("odd.md", "# Odd\n\nA quagga.");
    const { code, err } = await ingest();
    expect(code).toBe(1);
    expect(err).toMatch(/^refused: odd\.md, passage 0: .*unsupported value: NaN/m);
    expect(err).not.toContain("long.md");
    const long = ["long.md", 0, "Lanterns hang along the pier. ".repeat(5).trim()];
    expect(await held()).toEqual([...ALL.slice(0, 2), long, ...ALL.slice(2)]);
    world.words.hatedWord = undefined;
    expect(await json("ingest", world.folder)).toMatchObject({ unchanged: 3, written: 1, failures: [] });
  });

  it("ends where the model takes no text at all, with its words", async () => {
    world.words.hatedWord = "";
    const { code, err } = await ingest();
    expect(code).toBe(1);
    expect(err).toContain("unsupported value: NaN");
    expect(await held()).toEqual([]);
  });

  it("sends text that the server would take for a template so that it stays text", async () => {
    world.write("tea.txt", "Costs ${parameters.model} crowns.");
    expect((await ingest()).code).toBe(0);
    expect(world.words.embedded).toContain("tea\nCosts $\u2060{parameters.model} crowns.");
    expect(await held()).toContainEqual(["tea.txt", 0, "Costs ${parameters.model} crowns."]);
  });
});

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

  it("refuses an index that holds no passages", async () => {
    await world.api("PUT", "/other", { mappings: { properties: { text: { type: "text" } } } });
    const { code, err } = await rag("ingest", world.folder, "--rag-index", "other");
    expect(code).toBe(1);
    expect(err).toContain(
      "error: The index other is no index of passages: its mapping does not say in _meta.ollamachat",
    );
  });

  it("offers in its help what retrieval knows", () => {
    expect(RETRIEVAL_CHOICES).toEqual(RETRIEVALS);
    expect(RETRIEVAL_DEFAULT).toBe(DEFAULT_RETRIEVAL);
  });
});
