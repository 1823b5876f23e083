import { describe, expect, it } from "vitest";
import { searchIndexLifecycle as lifecycle } from "../../providers/search-index/lifecycle";
import { created, failureOf, updated } from "./lifecycle-support";
import { eachInItsOwnIndexWorld, FIELDS } from "./search-index-support";

const world = eachInItsOwnIndexWorld();

describe("an index", () => {
  it("is not taken for gone where the answer does not say so", async () => {
    const { id, state } = await created(lifecycle, world().inputs("i"));
    const empty = { kind: "rewrite", answer: () => ({}) } as const;
    world().cluster.faults.add({ match: { method: "GET", path: `/${id}` }, times: 2, action: empty });
    const words = `GET /${id} answered in a form that is not understood`;
    expect((await failureOf(lifecycle.read(id, state))).message).toContain(words);
    expect((await failureOf(lifecycle.delete(id, state))).message).toContain(words);
    expect(await world().exists(id)).toBe(true);
    await lifecycle.delete(id, state);
    expect(await world().exists(id)).toBe(false);
  });

  it("lives: created, read without a difference, changed in place, deleted", async () => {
    const settings = { number_of_shards: 1, index: { number_of_replicas: 0 }, refresh_interval: "5s" };
    const mappings = { dynamic: "strict", _meta: { note: 1 }, properties: FIELDS };
    const index = await created(lifecycle, world().inputs("i", { settings, mappings }));
    expect(index.id).toBe(world().name("i"));
    expect(index.state).toMatchObject({ name: index.id, isNamed: false, vectorSearch: "stored" });
    expect(await world().mapping(index.id)).toStrictEqual({
      dynamic: "strict",
      _meta: { note: 1 },
      properties: { source: { type: "keyword" }, text: { type: "text" } },
    });

    const read = await lifecycle.read(index.id, index.state);
    expect(read).toStrictEqual({ state: index.state, inputs: index.inputs });

    const news = world().inputs("i", {
      settings: { ...settings, refresh_interval: "1s" },
      mappings: { ...mappings, _meta: { note: 2 }, properties: { ...FIELDS, page: { type: "integer" } } },
    });
    const later = await updated(lifecycle, index, news);
    expect(later).toMatchObject({ changes: true, replaces: [] });
    expect(await world().mapping(index.id)).toStrictEqual({
      dynamic: "strict",
      _meta: { note: 2 },
      properties: { page: { type: "integer" }, source: { type: "keyword" }, text: { type: "text" } },
    });
    expect(await world().settings(index.id)).toMatchObject({ "index.refresh_interval": "1s" });
    expect(await lifecycle.read(index.id, later.state)).toStrictEqual({ state: later.state, inputs: later.inputs });

    await lifecycle.delete(index.id, later.state);
    expect(await world().exists(index.id)).toBe(false);
    expect(await lifecycle.read(index.id, later.state)).toBeUndefined();
    await lifecycle.delete(index.id, later.state);
  });

  it("takes a name of the program's own, and keeps it when the program drops it", async () => {
    const name = `own-${world().suffix}`;
    const index = await created(lifecycle, world().inputs("i", { name }));
    expect(index.id).toBe(name);
    expect((await lifecycle.read(name, index.state))?.inputs).toMatchObject({ name });
    expect(await updated(lifecycle, index, world().inputs("i"))).toMatchObject({ changes: false });
  });

  it("is the same whether settings are nested or flat, and whether defaults are written out", async () => {
    const index = await created(lifecycle, world().inputs("i", { settings: { index: { refresh_interval: "5s" } } }));
    const news = world().inputs("i", {
      settings: { "index.refresh_interval": "5s", number_of_shards: "1" },
      mappings: { properties: { ...FIELDS, source: { type: "keyword", index: true, store: false } } },
    });
    expect(await updated(lifecycle, index, news)).toMatchObject({ changes: false });
  });

  it("puts a dropped setting and a dropped parameter back to their defaults", async () => {
    const mappings = { properties: { ...FIELDS, source: { type: "keyword", ignore_above: 9 } }, date_detection: false };
    const index = await created(lifecycle, world().inputs("i", { mappings, settings: { refresh_interval: "5s" } }));
    const later = await updated(lifecycle, index, world().inputs("i"));
    expect(later).toMatchObject({ changes: true, replaces: [] });
    expect(await world().settings(index.id)).not.toHaveProperty(["index.refresh_interval"]);
    expect(await world().mapping(index.id)).toMatchObject({
      date_detection: true,
      properties: { source: { type: "keyword" }, text: { type: "text" } },
    });
  });

  it("a change of the connection alone writes nothing", async () => {
    const index = await created(lifecycle, world().inputs("i"));
    const before = await world().api("GET", `/${index.id}`);
    const connection = { ...world().connection, requestTimeoutSeconds: 7 };
    const later = await updated(lifecycle, index, world().inputs("i", { connection, forceDelete: true }));
    expect(later.state).toMatchObject({ connection, forceDelete: true });
    expect(await world().api("GET", `/${index.id}`)).toStrictEqual(before);
  });

  it("fields that the documents brought are no difference", async () => {
    const index = await created(lifecycle, world().inputs("i"));
    await world().write(index.id, "1", { text: "t", brought: "along" });
    expect((await lifecycle.read(index.id, index.state))?.inputs).toStrictEqual(index.inputs);
  });

  it("shows what somebody changed by hand, and puts it right", async () => {
    const mappings = { _meta: { note: 1 }, properties: { ...FIELDS, source: { type: "keyword", ignore_above: 9 } } };
    const inputs = world().inputs("i", { mappings, settings: { refresh_interval: "5s", number_of_replicas: 0 } });
    const index = await created(lifecycle, inputs);
    await world().api("PUT", `/${index.id}/_settings`, { refresh_interval: null, number_of_replicas: 1 });
    const changed = { _meta: {}, properties: { source: { type: "keyword", ignore_above: 3 } } };
    await world().api("PUT", `/${index.id}/_mapping`, changed);
    const read = await lifecycle.read(index.id, index.state);
    expect(read?.inputs).toMatchObject({
      mappings: { _meta: {}, properties: { source: { ignore_above: 3 } } },
      settings: { number_of_replicas: "1" },
    });
    const state = read?.state ?? expect.unreachable();
    expect(lifecycle.diff(index.id, state, index.inputs)).toMatchObject({ changes: true, replaces: [] });
    const repaired = await lifecycle.update(index.id, state, index.inputs);
    expect((await lifecycle.read(index.id, repaired))?.inputs).toStrictEqual(index.inputs);
    expect(await world().settings(index.id)).toMatchObject({
      "index.refresh_interval": "5s",
      "index.number_of_replicas": "0",
    });
  });

  it("that somebody deleted is gone, and so is one that a stray write made in its place", async () => {
    const index = await created(lifecycle, world().inputs("i", { forceDelete: true }));
    await world().api("DELETE", `/${index.id}`);
    expect(await lifecycle.read(index.id, index.state)).toBeUndefined();
    await world().write(index.id, "1");
    expect(await lifecycle.read(index.id, index.state)).toBeUndefined();
    await lifecycle.delete(index.id, index.state);
    expect(await world().documents(index.id)).toBe(1);
    const name = `i-${world().suffix}`;
    expect(world().lines).toStrictEqual([
      `SearchIndex ${name}: the index ${index.id} was replaced by another one, so it counts as deleted`,
      `SearchIndex ${name}: the index ${index.id} now belongs to somebody else and is kept`,
    ]);
  });

  it("what the server refuses changes nothing in the state, and what it took before is kept", async () => {
    const index = await created(lifecycle, world().inputs("i"));
    const news = world().inputs("i", { settings: { "index.nope": 1 } });
    const failure = await failureOf(updated(lifecycle, index, news));
    expect(failure.message).toContain(`PUT /${index.id}/_settings answered 400 settings_exception: unknown setting`);
    const mappings = { properties: { ...FIELDS, page: { type: "integer" } } };
    const partly = await failureOf(updated(lifecycle, index, { ...news, mappings }));
    expect(partly).toMatchObject({ name: "PartialFailure", id: index.id, state: { mappings } });
    expect((partly as unknown as { state: object }).state).not.toHaveProperty("settings");
  });
});

describe("destroying an index", () => {
  it("is refused while it holds documents, and says what to do", async () => {
    const index = await created(lifecycle, world().inputs("i"));
    await world().write(index.id, "1");
    const failure = await failureOf(lifecycle.delete(index.id, index.state));
    expect(failure.message).toBe(
      [
        `SearchIndex "i-${world().suffix}": delete failed: The index ${index.id} holds 1 documents.`,
        "  cause: Deleting it would lose them, and forceDelete is not set.",
        `  fix: To discard them, set forceDelete: true and run pulumi up first, or delete the index by hand: DELETE /${index.id}. To keep them, set retainOnDelete in the resource options and run pulumi up first.`,
      ].join("\n"),
    );
    expect(await world().documents(index.id)).toBe(1);
  });

  it("deletes the documents, too, where the program says so", async () => {
    const index = await created(lifecycle, world().inputs("i", { forceDelete: true }));
    await world().write(index.id, "1");
    await lifecycle.delete(index.id, index.state);
    expect(await world().exists(index.id)).toBe(false);
  });
});

describe("an index that is there already", () => {
  it("of an interrupted run is taken over, and the run's own delete leaves it alone", async () => {
    const lost = await created(lifecycle, world().inputs("i"));
    await world().write(lost.id, "1");
    const again = await created(lifecycle, world().inputs("i"));
    expect(again.id).toBe(lost.id);
    expect(await world().indices()).toStrictEqual([lost.id]);
    await lifecycle.delete(lost.id, lost.state);
    expect(await world().documents(again.id)).toBe(1);
    expect(world().lines).toStrictEqual([
      `SearchIndex i-${world().suffix}: takes over the existing index ${lost.id}`,
      `SearchIndex i-${world().suffix}: the index ${lost.id} now belongs to somebody else and is kept`,
    ]);
  });

  it("of somebody else is left alone under a name of the program's own", async () => {
    const name = `shared-${world().suffix}`;
    await world().write(name, "1");
    const failure = await failureOf(created(lifecycle, world().inputs("i", { name })));
    expect(failure.message).toBe(
      [
        `SearchIndex "i-${world().suffix}": create failed: The index ${name} exists already, and this resource did not make it.`,
        "  cause: Names are unique in a cluster. Writing a document to a missing index creates it as well.",
        `  fix: Choose another name, set adoptExisting: true to take it over with its documents, or delete it: DELETE /${name}.`,
      ].join("\n"),
    );
  });

  it("of somebody else is stepped around by a name that is made up", async () => {
    await world().write(world().name("i"), "1");
    const index = await created(lifecycle, world().inputs("i"));
    expect(index.id).toMatch(new RegExp(`^${world().name("i")}-[0-9a-f]{8}$`));
  });

  it("is taken over with its documents where the program says so, and gets the fields it lacks", async () => {
    const name = `shared-${world().suffix}`;
    await world().api("PUT", `/${name}`, { mappings: { properties: { text: { type: "text" } } } });
    await world().write(name, "1", { text: "theirs" });
    const settings = { refresh_interval: "5s" };
    const index = await created(lifecycle, world().inputs("i", { name, settings, adoptExisting: true }));
    expect(await world().documents(name)).toBe(1);
    expect(await world().mapping(name)).toStrictEqual({
      properties: { source: { type: "keyword" }, text: { type: "text" } },
    });
    expect((await lifecycle.read(name, index.state))?.inputs).toStrictEqual(index.inputs);
  });

  it("is not touched where it cannot become what the program says", async () => {
    const name = `shared-${world().suffix}`;
    await world().api("PUT", `/${name}`, { mappings: { properties: { text: { type: "keyword" } } } });
    const before = await world().api("GET", `/${name}`);
    const failure = await failureOf(created(lifecycle, world().inputs("i", { name, adoptExisting: true })));
    expect(failure.message).toContain(
      `The index ${name} exists already, and its mappings cannot be changed to what the program`,
    );
    expect(await world().api("GET", `/${name}`)).toStrictEqual(before);
  });

  it("is made once though the answer was lost", async () => {
    world().cluster.faults.add({
      match: { method: "PUT", path: `/${world().name("i")}` },
      action: { kind: "drop-response" },
    });
    const index = await created(lifecycle, world().inputs("i"));
    expect(await world().indices()).toStrictEqual([index.id]);
    expect((await lifecycle.read(index.id, index.state))?.inputs).toStrictEqual(index.inputs);
  });

  it("a delete whose answer was lost succeeds", async () => {
    const index = await created(lifecycle, world().inputs("i"));
    world().cluster.faults.add({ match: { method: "DELETE" }, action: { kind: "drop-response" } });
    await lifecycle.delete(index.id, index.state);
    expect(await world().exists(index.id)).toBe(false);
  });
});
