import { describe, expect, it } from "vitest";
import type { SearchIndexState } from "../../../../providers/search-index/inputs";
import { searchIndexLifecycle } from "../../../../providers/search-index/lifecycle";

const connection = { endpoint: "http://localhost:9200" };
const FIELDS = {
  text: { type: "text" },
  tag: { type: "keyword" },
  part: { properties: { page: { type: "integer" } } },
};
const BASE = { connection, mappings: { properties: FIELDS } };

function diff(olds: object, news: object, name = "i-1") {
  const isNamed = (olds as { name?: string }).name !== undefined;
  const kept = {
    name,
    isNamed,
    vectorSearch: "stored",
    clusterUuid: "c",
    indexUuid: "u",
    instance: "x",
    schemaVersion: 1,
  };
  return searchIndexLifecycle.diff(name, { ...kept, ...olds } as unknown as SearchIndexState, { ...BASE, ...news });
}

const fields = (more: object) => ({ mappings: { properties: { ...FIELDS, ...more } } });
const IN_PLACE = { changes: true, replaces: [], deleteBeforeReplace: false };
const NONE = { changes: false, replaces: [], deleteBeforeReplace: false };
const replaces = (...names: string[]) => ({ changes: true, replaces: names, deleteBeforeReplace: false });

describe("what of an index changes in place", () => {
  it.each([
    ["a new field", BASE, fields({ page: { type: "integer" } })],
    [
      "a new field of an object",
      BASE,
      fields({ part: { properties: { page: { type: "integer" }, line: { type: "integer" } } } }),
    ],
    ["a new multi-field", BASE, fields({ tag: { type: "keyword", fields: { words: { type: "text" } } } })],
    ["ignore_above", BASE, fields({ tag: { type: "keyword", ignore_above: 9 } })],
    ["a dropped ignore_above", fields({ tag: { type: "keyword", ignore_above: 9 } }), {}],
    ["dynamic", BASE, { mappings: { properties: FIELDS, dynamic: "strict" } }],
    ["_meta", BASE, { mappings: { properties: FIELDS, _meta: { a: 1 } } }],
    ["a dynamic setting", BASE, { settings: { refresh_interval: "5s" } }],
    ["a dropped dynamic setting", { ...BASE, settings: { refresh_interval: "5s" } }, {}],
    ["a setting of k-NN that begins like a static one", BASE, { settings: { "knn.algo_param.ef_search": 100 } }],
    ["copyDocuments", BASE, { copyDocuments: false }],
    ["forceDelete", BASE, { forceDelete: true }],
    ["adoptExisting", BASE, { adoptExisting: true }],
    ["the connection", BASE, { connection: { endpoint: "http://localhost:9201" } }],
  ])("%s changes in place", (_name, olds, news) => {
    expect(diff(olds, news)).toStrictEqual(IN_PLACE);
  });
});

describe("what of an index is no change", () => {
  it.each([
    [
      "a default that is written out",
      BASE,
      fields({ tag: { type: "keyword", index: true, doc_values: true, store: false } }),
    ],
    ["the type of an object", BASE, fields({ part: { type: "object", properties: { page: { type: "integer" } } } })],
    ["one shard and one replica", BASE, { settings: { number_of_shards: 1, "index.number_of_replicas": "1" } }],
    [
      "nested for flat",
      { ...BASE, settings: { "index.codec": "default" } },
      { settings: { index: { codec: "default" } } },
    ],
    ["a number for its text", { ...BASE, settings: { priority: 5 } }, { settings: { priority: "5" } }],
    ["null for not given", BASE, { settings: { refresh_interval: null } }],
    [
      "the default space type",
      { ...BASE, vector: { field: "v", dimension: 3 } },
      { vector: { field: "v", dimension: 3, spaceType: "cosinesimil" } },
    ],
    ["a name that is dropped", { ...BASE, name: "i-1" }, {}],
    ["the name in use written out", BASE, { name: "i-1" }],
    ["the owner", { ...BASE, owner: "a" }, { owner: "b" }],
  ])("%s is no change", (_name, olds, news) => {
    expect(diff(olds, news)).toStrictEqual(NONE);
  });
});

describe("what needs a new index", () => {
  it.each([
    ["another type", BASE, fields({ tag: { type: "text" } }), "mappings"],
    ["another analyzer", BASE, fields({ text: { type: "text", analyzer: "english" } }), "mappings"],
    ["a field that is not indexed any more", BASE, fields({ tag: { type: "keyword", index: false } }), "mappings"],
    ["a removed field", BASE, { mappings: { properties: { text: { type: "text" } } } }, "mappings"],
    ["a removed field of an object", BASE, fields({ part: { properties: { line: { type: "integer" } } } }), "mappings"],
    ["no mappings any more", BASE, { mappings: undefined }, "mappings"],
    ["_source", BASE, { mappings: { properties: FIELDS, _source: { enabled: false } } }, "mappings"],
    ["more shards", BASE, { settings: { number_of_shards: 2 } }, "settings"],
    [
      "an analyzer's definition",
      BASE,
      { settings: { analysis: { analyzer: { a: { type: "standard" } } } } },
      "settings",
    ],
    ["a dropped static setting", { ...BASE, settings: { codec: "best_compression" } }, {}, "settings"],
    ["a vector that comes", BASE, { vector: { field: "v", dimension: 3 } }, "vector"],
    [
      "another dimension",
      { ...BASE, vector: { field: "v", dimension: 3 } },
      { vector: { field: "v", dimension: 4 } },
      "vector",
    ],
    [
      "another model of as many numbers",
      { ...BASE, vector: { field: "v", dimension: 3, model: "a" } },
      { vector: { field: "v", dimension: 3, model: "b" } },
      "vector",
    ],
    ["another name", BASE, { name: "other" }, "name"],
  ])("%s needs a new index", (_name, olds, news, property) => {
    expect(diff(olds, news)).toStrictEqual(replaces(property));
  });

  it("deletes first only where both would have one name", () => {
    const broken = fields({ tag: { type: "text" } });
    expect(diff({ ...BASE, name: "i-1" }, { ...broken, name: "i-1" })).toStrictEqual({
      changes: true,
      replaces: ["mappings"],
      deleteBeforeReplace: true,
    });
    expect(diff({ ...BASE, name: "i-1" }, broken)).toStrictEqual(replaces("mappings"));
    expect(diff({ ...BASE, name: "i-1" }, { ...broken, name: "i-2" })).toStrictEqual(replaces("name", "mappings"));
  });
});
