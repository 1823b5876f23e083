import { describe, expect, it } from "vitest";
import { KNN_PLUGIN } from "../../clients/opensearch/plugins";
import type { SearchIndexInputs, SearchIndexState } from "../../providers/search-index/inputs";
import { searchIndexLifecycle as lifecycle } from "../../providers/search-index/lifecycle";
import { created, failureOf } from "./lifecycle-support";
import { eachInItsOwnIndexWorld, FIELDS } from "./search-index-support";

const world = eachInItsOwnIndexWorld();

interface Made {
  readonly id: string;
  readonly state: SearchIndexState;
  readonly inputs: SearchIndexInputs;
}

/** What the engine does where `diff` asks for a new index: check anew, without the old inputs, then make and delete. */
async function replaced(before: Made, news: object): Promise<Made> {
  const { inputs } = lifecycle.check(news, before.inputs);
  const { replaces = [], deleteBeforeReplace } = lifecycle.diff(before.id, before.state, inputs);
  expect(replaces).not.toStrictEqual([]);
  if (deleteBeforeReplace) await lifecycle.delete(before.id, before.state);
  const after = await created(lifecycle, news);
  if (!deleteBeforeReplace) await lifecycle.delete(before.id, before.state);
  return after;
}

const OTHER_TYPE = { mappings: { properties: { ...FIELDS, source: { type: "text" } } } };
const vector = (dimension: number, model: string) => ({ field: "vector", dimension, model });

describe("a change that needs a new index", () => {
  it("makes it first, takes the documents over, and lets the old one go", async () => {
    const first = await created(lifecycle, world().inputs("i"));
    await world().write(first.id, "1");
    await world().write(first.id, "2");
    const second = await replaced(first, world().inputs("i", OTHER_TYPE));
    expect(second.id).not.toBe(first.id);
    expect(await world().indices()).toStrictEqual([second.id]);
    expect(await world().documents(second.id)).toBe(2);
    expect(await world().mapping(second.id)).toMatchObject({ properties: { source: { type: "text" } } });
    expect(world().lines).toStrictEqual([
      `SearchIndex i-${world().suffix}: 2 documents copied from ${first.id} to ${second.id}`,
    ]);
    expect((await lifecycle.read(second.id, second.state))?.inputs).toStrictEqual(second.inputs);
    await world().write(second.id, "3");
  });

  it("and back again finds a free name each time", async () => {
    const first = await created(lifecycle, world().inputs("i"));
    await world().write(first.id, "1");
    const second = await replaced(first, world().inputs("i", OTHER_TYPE));
    const third = await replaced(second, world().inputs("i"));
    const fourth = await replaced(third, world().inputs("i", OTHER_TYPE));
    expect(await world().indices()).toStrictEqual([fourth.id]);
    expect(await world().documents(fourth.id)).toBe(1);
  });

  it("refuses writes to the old index from the copy on, instead of losing them", async () => {
    const first = await created(lifecycle, world().inputs("i"));
    await world().write(first.id, "1");
    await created(lifecycle, world().inputs("i", OTHER_TYPE));
    const { status, body } = await world().api("PUT", `/${first.id}/_doc/2`, { text: "late" });
    expect([status, JSON.stringify(body)]).toStrictEqual([403, expect.stringContaining("FORBIDDEN/8/index write")]);
  });

  it("to another name of the program's own takes the documents over, too", async () => {
    const first = await created(lifecycle, world().inputs("i", { name: `a-${world().suffix}` }));
    await world().write(first.id, "1");
    const second = await replaced(first, world().inputs("i", { name: `b-${world().suffix}` }));
    expect(await world().indices()).toStrictEqual([`b-${world().suffix}`]);
    expect(await world().documents(second.id)).toBe(1);
  });

  it("under one name deletes first, and so is refused while there are documents", async () => {
    const named = { name: `a-${world().suffix}` };
    const first = await created(lifecycle, world().inputs("i", named));
    await world().write(first.id, "1");
    const failure = await failureOf(replaced(first, world().inputs("i", { ...named, ...OTHER_TYPE })));
    expect(failure.message).toContain(`The index ${first.id} holds 1 documents.`);
    expect(await world().documents(first.id)).toBe(1);
    await world().api("DELETE", `/${first.id}/_doc/1?refresh=true`);
    const second = await replaced(first, world().inputs("i", { ...named, ...OTHER_TYPE }));
    expect(second.id).toBe(first.id);
    expect(await world().mapping(second.id)).toMatchObject({ properties: { source: { type: "text" } } });
  });

  it("whose documents do not fit is taken back: the old index is as it was, the new one gone", async () => {
    const first = await created(lifecycle, world().inputs("i"));
    await world().write(first.id, "1", { text: "t", source: "no number" });
    const numbers = { mappings: { properties: { ...FIELDS, source: { type: "integer" } } } };
    const failure = await failureOf(replaced(first, world().inputs("i", numbers)));
    expect(failure.message).toMatch(
      new RegExp(
        `create failed: 1 documents of ${first.id} do not fit into \\S+; the first is 1: failed to parse field \\[source\\]`,
      ),
    );
    expect(failure.message).toContain("\n  fix: Correct the mappings or the documents; or set copyDocuments: false");
    expect(await world().indices()).toStrictEqual([first.id]);
    await world().write(first.id, "2");
    expect((await lifecycle.read(first.id, first.state))?.inputs).toStrictEqual(first.inputs);
  });

  it("interrupted after the copy goes on with the same index", async () => {
    const first = await created(lifecycle, world().inputs("i"));
    await world().write(first.id, "1");
    const lost = await created(lifecycle, world().inputs("i", OTHER_TYPE));
    const second = await replaced(first, world().inputs("i", OTHER_TYPE));
    expect(second.id).toBe(lost.id);
    expect(await world().indices()).toStrictEqual([second.id]);
    expect(await world().documents(second.id)).toBe(1);
  });

  it("interrupted in the copy is repeated by the next run, and nothing is there twice", async () => {
    const first = await created(lifecycle, world().inputs("i"));
    await world().write(first.id, "1");
    const { faults } = world().cluster;
    faults.add({ match: { method: "POST", path: "/_reindex" }, times: 6, action: { kind: "status", status: 503 } });
    await failureOf(created(lifecycle, world().inputs("i", OTHER_TYPE)));
    faults.clear();
    await world().write(first.id, "2");
    const second = await replaced(first, world().inputs("i", OTHER_TYPE));
    expect(await world().indices()).toStrictEqual([second.id]);
    expect(await world().documents(second.id)).toBe(2);
  });

  it("a write block that an interrupted copy left shows in a refresh, and goes", async () => {
    const index = await created(lifecycle, world().inputs("i"));
    await world().api("PUT", `/${index.id}/_settings`, { "index.blocks.write": true });
    const read = await lifecycle.read(index.id, index.state);
    expect(read?.inputs).toMatchObject({ settings: { "index.blocks.write": "true" } });
    await lifecycle.update(index.id, read?.state ?? expect.unreachable(), index.inputs);
    await world().write(index.id, "1");
  });

  it("forced on an index that stays as it is keeps the index and its documents", async () => {
    const index = await created(lifecycle, world().inputs("i", { forceDelete: true }));
    await world().write(index.id, "1");
    const again = await created(lifecycle, world().inputs("i", { forceDelete: true }));
    await lifecycle.delete(index.id, index.state);
    expect(again.id).toBe(index.id);
    expect(await world().documents(again.id)).toBe(1);
  });
});

describe("documents that cannot go over", () => {
  const before = { vector: vector(3, "one") };
  const after = { vector: vector(4, "another") };
  const stored = { text: "t", vector: [1, 2, 3] };

  it("stop the change before anything is made", async () => {
    const first = await created(lifecycle, world().inputs("i", before));
    await world().write(first.id, "1", stored);
    const failure = await failureOf(replaced(first, world().inputs("i", after)));
    expect(failure.message).toBe(
      [
        `SearchIndex "i-${world().suffix}": create failed: The 1 documents of the index ${first.id} would be lost.`,
        "  cause: This change needs a new index, and their vectors cannot be compared with those of the new index.",
        "  fix: Set forceDelete: true to discard them, then write them again; or undo the change.",
      ].join("\n"),
    );
    expect(await world().indices()).toStrictEqual([first.id]);
  });

  it("are let go with forceDelete, which the old resource need not have had, and that is said", async () => {
    const first = await created(lifecycle, world().inputs("i", before));
    await world().write(first.id, "1", stored);
    const second = await replaced(first, world().inputs("i", { ...after, forceDelete: true }));
    expect(await world().indices()).toStrictEqual([second.id]);
    expect(await world().documents(second.id)).toBe(0);
    expect(world().lines).toStrictEqual([
      `warning: SearchIndex i-${world().suffix}: the 1 documents of ${first.id} are not copied to ${second.id}: write them again`,
    ]);
  });

  it("are none where only what the vectors are compared by changes", async () => {
    const first = await created(lifecycle, world().inputs("i", before));
    await world().write(first.id, "1", stored);
    const spaceType = "l2";
    const second = await replaced(first, world().inputs("i", { vector: { ...before.vector, spaceType } }));
    expect(await world().documents(second.id)).toBe(1);
  });

  it("are those that the program does not want copied", async () => {
    const first = await created(lifecycle, world().inputs("i"));
    await world().write(first.id, "1");
    const news = { ...OTHER_TYPE, copyDocuments: false };
    const failure = await failureOf(replaced(first, world().inputs("i", news)));
    expect(failure.message).toContain("cause: This change needs a new index, and with copyDocuments: false the doc");
    const second = await replaced(first, world().inputs("i", { ...news, forceDelete: true }));
    expect(await world().documents(second.id)).toBe(0);
  });
});

describe("a field for vectors", () => {
  it("is a list of numbers that is only kept, where the cluster has no k-NN plugin", async () => {
    const answer = (plugins: unknown) =>
      (plugins as { component: string }[]).filter(({ component }) => component !== KNN_PLUGIN);
    world().cluster.faults.add({ match: { path: "/_cat/plugins" }, action: { kind: "rewrite", answer } });
    const index = await created(lifecycle, world().inputs("i", { vector: vector(3, "m") }));
    expect(index.state.vectorSearch).toBe("stored");
    expect(await world().mapping(index.id)).toMatchObject({
      properties: { vector: { type: "float", index: false, doc_values: false } },
    });
    await world().write(index.id, "1", { text: "t", vector: [0.5, 0.25, 1] });
    expect((await lifecycle.read(index.id, index.state))?.inputs).toStrictEqual(index.inputs);
  });

  it("is one that the cluster searches, where it has that plugin", async () => {
    const index = await created(lifecycle, world().inputs("i", { vector: vector(3, "m") }));
    expect(index.state.vectorSearch).toBe("knn");
    expect(await world().mapping(index.id)).toMatchObject({
      properties: {
        vector: {
          type: "knn_vector",
          dimension: 3,
          method: { name: "hnsw", engine: "lucene", space_type: "cosinesimil" },
        },
      },
    });
    expect(await world().settings(index.id)).toMatchObject({ "index.knn": "true" });
    expect((await lifecycle.read(index.id, index.state))?.inputs).toStrictEqual(index.inputs);
  });
});
