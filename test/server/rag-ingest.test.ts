import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CommandLine } from "../support/command-line";
import { ingest, json, rag, SHIPS, TEA, world } from "./rag-harbour";
import { DIMENSION, INDEX } from "./rag-support";

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
    world.write("hidden.md", "<!-- nothing else -->\n");
    world.write("plan.pdf", "");
    const { code, err } = await ingest();
    expect(code).toBe(0);
    expect(err).toContain(
      "skipped: empty.md: is empty\nskipped: hidden.md: holds nothing but comments\nnot read: files of other kinds: 1 .pdf\n",
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
      `error: The index passages holds 3 documents, and none of ${other}; nothing was changed.\n  cause: They were ingested from ${world.folder}; this folder is ${other}.\n  fix: Give the folder that was ingested before, or add --keep to keep both, or --replace to remove the others. If that is where this folder was before, add --as ${world.folder}.\n`,
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
      "staying: 1 document of an earlier release, which did not store their folder; --replace removes what is not in this folder\n",
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
