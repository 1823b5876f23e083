import { illegalArgument } from "../errors";
import type { JsonNode } from "../json/parse";
import { plainValue, readInteger, readText } from "../json/read";
import type { DocumentIndex, StoredDocument } from "./documents";
import { isRecord, valuesAt } from "./mapping";
import { type Matcher, type NamedQueries, readQuery } from "./query";

export interface SearchOptions {
  /** Show version and sequence number of each hit, as the searches of ML Commons do. */
  withVersions?: boolean;
  /** Top-level fields that are never shown. */
  hidden?: readonly string[];
}

interface Hit {
  index: string;
  document: StoredDocument;
  score: number;
  sort: unknown[];
  /** Names of the named queries that it fits. */
  named: string[];
}

/** The empty answer of a search over no index at all. */
export function emptySearch(): Record<string, unknown> {
  return answer([], 0, 0, null);
}

/** Runs a search body over indices and gives the server's answer. */
export function search(
  indices: readonly DocumentIndex[],
  body: JsonNode | undefined,
  options: SearchOptions = {},
): Record<string, unknown> {
  if (indices.length === 0) return emptySearch();
  const request = readRequest(body);
  const hits = indices.flatMap((index) => hitsOf(index, request.query, request.sort));
  hits.sort((a, b) => compareHits(a, b, request.sort));
  const sorted = request.sort.length > 0;
  const { after } = request;
  const rest = after ? hits.filter((hit) => compareKeys(hit.sort, after, request.sort) > 0) : hits;
  const page = rest.slice(request.from, request.from + request.size);
  const maxScore = sorted || page.length === 0 ? null : Math.max(...hits.map(({ score }) => score));
  const shown = page.map((hit) =>
    showHit(hit, sorted, request.source, { ...options, withVersions: options.withVersions || request.version }),
  );
  return answer(shown, hits.length, indices.length, maxScore);
}

/** How many documents a search body fits. */
export function count(indices: readonly DocumentIndex[], body: JsonNode | undefined): number {
  const { query } = readRequest(body);
  return indices.flatMap((index) => hitsOf(index, query, [])).length;
}

/** The documents of one index that a query fits. */
export function matching(index: DocumentIndex, query: JsonNode | undefined): StoredDocument[] {
  return hitsOf(index, query, []).map(({ document }) => document);
}

function answer(hits: unknown[], total: number, shards: number, maxScore: number | null): Record<string, unknown> {
  return {
    took: 1,
    timed_out: false,
    _shards: { total: shards, successful: shards, skipped: 0, failed: 0 },
    hits: { total: { value: total, relation: "eq" }, max_score: shards === 0 ? 0 : maxScore, hits },
  };
}

interface SortKey {
  field: string;
  descending: boolean;
}

interface Request {
  query: JsonNode | undefined;
  from: number;
  size: number;
  sort: SortKey[];
  /** Sort keys of the last hit of the page before. */
  after: unknown[] | undefined;
  source: unknown;
  version: boolean;
}

const KNOWN = [
  "track_total_hits",
  "explain",
  "aggs",
  "aggregations",
  "highlight",
  "fields",
  "timeout",
  "min_score",
  "seq_no_primary_term",
  "stored_fields",
];

function readRequest(body: JsonNode | undefined): Request {
  const request: Request = {
    query: undefined,
    from: 0,
    size: 10,
    sort: [],
    after: undefined,
    source: true,
    version: false,
  };
  for (const { name, value } of body?.kind === "object" ? body.fields : []) {
    if (name === "query") request.query = value;
    else if (name === "from") request.from = readInteger(value);
    else if (name === "size") request.size = readInteger(value);
    else if (name === "_source") request.source = plainValue(value);
    else if (name === "search_after") request.after = [plainValue(value)].flat();
    else if (name === "version") request.version = value.kind === "true";
    else if (name === "sort") request.sort = (value.kind === "array" ? value.items : [value]).flatMap(readSort);
    else if (!KNOWN.includes(name))
      throw illegalArgument(`Unknown key for a ${value.kind.toUpperCase()} in [${name}].`);
  }
  return request;
}

function readSort(node: JsonNode): SortKey[] {
  if (node.kind !== "object") return [{ field: readText(node), descending: readText(node) === "_score" }];
  return node.fields.map(({ name, value }) => {
    const order = value.kind === "object" ? value.fields.find((field) => field.name === "order")?.value : value;
    return { field: name, descending: order !== undefined && readText(order) === "desc" };
  });
}

function hitsOf(index: DocumentIndex, query: JsonNode | undefined, sort: readonly SortKey[]): Hit[] {
  const named: NamedQueries = new Map();
  const matcher: Matcher = query ? readQuery(query, index.mapping, named) : () => 1;
  const hits: Hit[] = [];
  for (const document of index.search()) {
    const score = matcher(document);
    if (score === 0) continue;
    const keys = sort.map(({ field }) =>
      field === "_score" ? score : field === "_id" ? document.id : sortValue(document, field),
    );
    const names = [...named].flatMap(([name, fits]) => (fits(document) > 0 ? [name] : []));
    hits.push({ index: index.name, document, score, sort: keys, named: names });
  }
  return hits;
}

function sortValue(document: StoredDocument, field: string): unknown {
  const path = field.replace(/\.keyword$/, "");
  return valuesAt(document.source, path)[0] ?? null;
}

function compareHits(a: Hit, b: Hit, sort: readonly SortKey[]): number {
  return sort.length > 0 ? compareKeys(a.sort, b.sort, sort) : b.score - a.score;
}

function compareKeys(a: readonly unknown[], b: readonly unknown[], sort: readonly SortKey[]): number {
  for (const [position, { descending }] of sort.entries()) {
    const order = compareValues(a[position], b[position]);
    if (order !== 0) return descending ? -order : order;
  }
  return 0;
}

function compareValues(a: unknown, b: unknown): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a) < String(b) ? -1 : 1;
}

function showHit(hit: Hit, sorted: boolean, source: unknown, options: SearchOptions): Record<string, unknown> {
  const { document } = hit;
  const versions = options.withVersions
    ? { _version: document.version, _seq_no: document.seqNo, _primary_term: 1 }
    : {};
  const shown = showSource(document.source, source, options.hidden ?? []);
  return {
    _index: hit.index,
    _id: document.id,
    ...versions,
    _score: sorted ? null : hit.score,
    ...(shown === undefined ? {} : { _source: shown }),
    ...(sorted ? { sort: hit.sort } : {}),
    ...(hit.named.length > 0 ? { matched_queries: hit.named } : {}),
  };
}

function showSource(source: Record<string, unknown>, filter: unknown, hidden: readonly string[]): unknown {
  if (filter === false) return undefined;
  const excludes = [...hidden, ...(isRecord(filter) ? texts(filter.excludes ?? filter.exclude) : [])];
  const includes = isRecord(filter) ? texts(filter.includes ?? filter.include) : texts(filter);
  const all = includes.length === 0;
  const entries = Object.entries(source).filter(
    ([name]) =>
      (all || includes.some((pattern) => covers(pattern, name))) && !excludes.some((pattern) => covers(pattern, name)),
  );
  return Object.fromEntries(entries);
}

function texts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

function covers(pattern: string, name: string): boolean {
  if (!pattern.includes("*")) return pattern === name || pattern.startsWith(`${name}.`);
  const [head = "", tail = ""] = pattern.split("*");
  return name.startsWith(head) && name.endsWith(tail);
}
