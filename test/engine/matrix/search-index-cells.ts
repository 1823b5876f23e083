import type { Json } from "../support/resource-world";
import { type Cell, TIMEOUTS } from "./cell";

type Change = Partial<Cell> & Pick<Cell, "op">;

const FIELDS = { text: { type: "text" }, tag: { type: "keyword" } };
const fields = (more: Json) => ({ mappings: { properties: { ...FIELDS, ...more } } });
const VECTOR = { field: "vector", dimension: 3, model: "one" };

function cell(input: string, from: Json, to: Json, rest: Change): Cell {
  return {
    type: "SearchIndex",
    name: `index-${input}`,
    before: ({ world }) => ({ connection: world.connection(), ...fields({}), ...from }),
    after: ({ world }) => ({ connection: world.connection(), ...fields({}), ...to }),
    ...rest,
  };
}

const shows = (properties: Json) => ({ mappings: { properties } });
const set = (settings: Json) => ({ settings });

export const searchIndexCells: readonly Cell[] = [
  cell(
    "connection",
    {},
    {},
    {
      op: "update",
      unwritten: true,
      after: ({ world }) => ({ connection: world.connection({ requestTimeoutSeconds: 11 }), ...fields({}) }),
    },
  ),
  cell("name", { name: "articles-a" }, { name: "articles-b" }, { op: "replace" }),
  cell("name-dropped", { name: "articles-c" }, {}, { op: "same" }),
  cell("field-added", {}, fields({ page: { type: "integer" } }), {
    op: "update",
    holds: shows({ page: { type: "integer" } }),
  }),
  cell("field-parameter", {}, fields({ tag: { type: "keyword", ignore_above: 9 } }), {
    op: "update",
    holds: shows({ tag: { type: "keyword", ignore_above: 9 } }),
  }),
  cell("field-default", {}, fields({ tag: { type: "keyword", index: true } }), { op: "same" }),
  cell("field-changed", {}, fields({ tag: { type: "text" } }), {
    op: "replace",
    holds: shows({ tag: { type: "text" } }),
  }),
  cell("field-removed", fields({ page: { type: "integer" } }), {}, { op: "replace" }),
  cell(
    "dynamic",
    {},
    { mappings: { properties: FIELDS, dynamic: "strict" } },
    { op: "update", holds: { mappings: { dynamic: "strict" } } },
  ),
  cell(
    "meta",
    {},
    { mappings: { properties: FIELDS, _meta: { note: 1 } } },
    { op: "update", holds: { mappings: { _meta: { note: 1 } } } },
  ),
  cell("setting-dynamic", {}, set({ refresh_interval: "5s" }), {
    op: "update",
    holds: { settings: { "index.refresh_interval": "5s" } },
  }),
  cell("setting-dropped", set({ refresh_interval: "5s" }), {}, { op: "update" }),
  cell("setting-static", {}, set({ number_of_shards: 2 }), {
    op: "replace",
    holds: { settings: { "index.number_of_shards": "2" } },
  }),
  cell("setting-default", {}, set({ number_of_shards: 1 }), { op: "same" }),
  cell("setting-nested", set({ "index.priority": 5 }), set({ index: { priority: "5" } }), { op: "same" }),
  cell(
    "vector",
    {},
    { vector: VECTOR },
    { op: "replace", holds: shows({ vector: { type: "knn_vector", dimension: 3 } }) },
  ),
  cell("vector-dimension", { vector: VECTOR }, { vector: { ...VECTOR, dimension: 4 } }, { op: "replace" }),
  cell("vector-model", { vector: VECTOR }, { vector: { ...VECTOR, model: "another" } }, { op: "replace" }),
  cell("vector-default", { vector: VECTOR }, { vector: { ...VECTOR, spaceType: "cosinesimil" } }, { op: "same" }),
  cell("copyDocuments", {}, { copyDocuments: false }, { op: "update", unwritten: true }),
  cell("forceDelete", {}, { forceDelete: true }, { op: "update", unwritten: true }),
  cell("adoptExisting", {}, { adoptExisting: true }, { op: "update", unwritten: true }),
  cell("timeouts", {}, TIMEOUTS, { op: "update", unwritten: true }),
  cell("nothing", set({ priority: 1 }), set({ priority: 1 }), { op: "same" }),
  cell("renamed", {}, {}, { op: "same", renamed: true }),
];
