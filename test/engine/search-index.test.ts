import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { changes } from "./support/project";
import { type Json, ResourceWorld, type Spec } from "./support/resource-world";
import { hasEngine } from "./support/toolchain";

const FIELDS = { text: { type: "text" }, tag: { type: "keyword" } };

describe.skipIf(!hasEngine)("an index on the real engine", () => {
  let world: ResourceWorld;

  const spec = (args: Json = {}): Spec => ({
    type: "SearchIndex",
    name: "articles",
    args: { connection: world.connection(), mappings: { properties: FIELDS }, ...args },
  });
  const withTag = (tag: Json) => ({ mappings: { properties: { ...FIELDS, tag } } });
  const id = () => world.id("articles");
  const write = async (document: string, index = id()) =>
    await world.done("PUT", `/${index}/_doc/${document}?refresh=true`, { text: document, tag: document });
  const documents = async () => (await world.done("GET", `/${id()}/_count`)).count;

  async function upTo(args: Json, ...steps: string[]): Promise<string> {
    const run = await world.up([spec(args)]);
    expect(run.code, run.output).toBe(0);
    expect(changes(run)).toEqual(steps);
    return run.output;
  }

  async function quiet(): Promise<void> {
    const run = await world.project.preview("--expect-no-changes");
    expect(run.code, run.output).toBe(0);
  }

  beforeAll(async () => {
    world = await ResourceWorld.start("search-index");
  });

  afterAll(async () => {
    await world?.stop();
  });

  it("is made; preview and refresh after it are empty, also with documents that brought fields", async () => {
    await upTo({}, "create SearchIndex");
    expect(id()).toMatch(/^articles-[0-9a-f]{8}$/);
    expect(world.outputs("articles")).toMatchObject({ name: id(), vectorSearch: "stored" });
    await world.done("PUT", `/${id()}/_doc/1?refresh=true`, { text: "one", tag: "t", brought: "along" });
    const refreshed = await world.project.refresh("--expect-no-changes");
    expect(refreshed.code, refreshed.output).toBe(0);
    await quiet();
  });

  it("gets a field in place, and keeps its documents", async () => {
    const before = id();
    const tag = { type: "keyword", ignore_above: 64 };
    const mappings = { properties: { ...FIELDS, tag, page: { type: "integer" } } };
    await upTo({ mappings }, "update SearchIndex");
    expect(id()).toBe(before);
    expect(await world.index(id())).toMatchObject({ mappings: { properties: { tag, page: { type: "integer" } } } });
    expect(await documents()).toBe(1);
    await quiet();
  });

  it("what somebody changed shows in the preview after a refresh, is put right, and then nothing changes", async () => {
    await upTo(
      { settings: { refresh_interval: "5s" } },
      "create-replacement SearchIndex",
      "replace SearchIndex",
      "delete-replaced SearchIndex",
    );
    await world.done("PUT", `/${id()}/_settings`, { refresh_interval: "9s" });
    await world.done("PUT", `/${id()}/_mapping`, { properties: { tag: { type: "keyword", ignore_above: 3 } } });
    await world.project.refresh();
    const preview = await world.project.preview();
    expect(preview.output).toMatch(/~ refresh_interval *: "9s" => "5s"/);
    await upTo({ settings: { refresh_interval: "5s" } }, "update SearchIndex");
    expect(await world.index(id())).toMatchObject({ settings: { "index.refresh_interval": "5s" } });
    await quiet();
  });

  it("a change that needs a new index makes it first, and the documents go over", async () => {
    const before = id();
    const output = await upTo(
      withTag({ type: "text" }),
      "create-replacement SearchIndex",
      "replace SearchIndex",
      "delete-replaced SearchIndex",
    );
    expect(output).toContain(`SearchIndex articles: 1 documents copied from ${before} to ${id()}`);
    expect(await world.indices()).toEqual([id()]);
    expect(await documents()).toBe(1);
    await write("2");
    await quiet();
  });

  it("a change whose documents do not fit changes nothing, and says which one", async () => {
    const before = id();
    const run = await world.up([spec(withTag({ type: "integer" }))]);
    expect(run.code).not.toBe(0);
    expect(run.output).toMatch(/do not fit into \S+; the first is 1: failed to parse field \[tag\]/);
    expect(run.output).toContain("fix: Correct the mappings or the documents");
    expect(await world.indices()).toEqual([before]);
    await upTo(withTag({ type: "text" }));
    await write("3");
    expect(await documents()).toBe(3);
  });

  it("a forced replacement keeps the index and its documents", async () => {
    const before = id();
    const [urn] = world.project.resources().flatMap(({ urn: each }) => (each.endsWith("::articles") ? [each] : []));
    const run = await world.project.up("--replace", urn ?? "");
    expect(run.code, run.output).toBe(0);
    expect([id(), await documents()]).toEqual([before, 3]);
    await quiet();
  });

  it("one that was deleted by hand is made again", async () => {
    await world.done("DELETE", `/${id()}`);
    const run = await world.project.up("--refresh");
    expect(run.code, run.output).toBe(0);
    expect(await documents()).toBe(0);
  });

  it("another model's vectors are let go only when told, and the old resource need not have been", async () => {
    const vector = { field: "vector", dimension: 3, model: "one" };
    const replaced = ["create-replacement SearchIndex", "replace SearchIndex", "delete-replaced SearchIndex"];
    await upTo({ ...withTag({ type: "text" }), vector }, ...replaced);
    await write("1");
    const before = id();
    const other = { ...withTag({ type: "text" }), vector: { ...vector, model: "another" } };
    const refused = await world.up([spec(other)]);
    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain(`The 1 documents of the index ${before} would be lost.`);
    expect(await world.indices()).toEqual([before]);
    const output = await upTo({ ...other, forceDelete: true }, ...replaced);
    expect(output).toContain(`the 1 documents of ${before} are not copied to ${id()}: write them again`);
    expect(await world.indices()).toEqual([id()]);
  });

  it("a destroy is refused while there are documents, and with forceDelete leaves nothing", async () => {
    const args = { ...withTag({ type: "text" }), vector: { field: "vector", dimension: 3, model: "another" } };
    await upTo(args, "update SearchIndex");
    await write("1");
    const refused = await world.project.destroy();
    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain(`The index ${id()} holds 1 documents.`);
    expect(refused.output).toContain("fix: To discard them, set forceDelete: true and run pulumi up first");
    await upTo({ ...args, forceDelete: true }, "update SearchIndex");
    const gone = await world.project.destroy();
    expect(gone.code, gone.output).toBe(0);
    expect(await world.indices()).toEqual([]);
  });

  it("under a name of the program's own the old index goes first", async () => {
    await upTo({ name: "articles" }, "create SearchIndex");
    await upTo(
      { name: "articles", ...withTag({ type: "text" }) },
      "delete-replaced SearchIndex",
      "replace SearchIndex",
      "create-replacement SearchIndex",
    );
    expect(await world.indices()).toEqual(["articles"]);
    await quiet();
    expect((await world.project.destroy()).code).toBe(0);
  });
});
