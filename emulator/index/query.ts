import { ApiError, illegalArgument } from "../errors";
import type { JsonNode, JsonObjectNode } from "../json/parse";
import { plainValue, readText } from "../json/read";
import type { StoredDocument } from "./documents";
import { isInFlat, type Mapping, valuesAt } from "./mapping";

/** Says how well a document fits: 0 is no hit. */
export type Matcher = (document: StoredDocument) => number;

/** The queries that carry a `_name`, by it; hits say which of them they fit. */
export type NamedQueries = Map<string, Matcher>;

/** Reads a query into a matcher over one index. Positions in error texts are those of the request body. */
export function readQuery(node: JsonNode, mapping: Mapping, named: NamedQueries = new Map()): Matcher {
  const [kind, body] = onlyField(node);
  const build = KINDS[kind];
  if (!build) throw unknownQuery(kind, body);
  const matcher = build(body, mapping, named);
  const name = nameOf(body);
  if (name !== "") named.set(name, matcher);
  return matcher;
}

/** A `_name` stands in the query's body, or beside the value of its field. */
function nameOf(body: JsonNode): string {
  const [first] = fieldsOf(body);
  return textField(body, "_name") || (first?.value.kind === "object" ? textField(body, "_name", first.name) : "");
}

type Build = (body: JsonNode, mapping: Mapping, named: NamedQueries) => Matcher;

const KINDS: Record<string, Build> = {
  match_all: () => () => 1,
  match_none: () => () => 0,
  term: (body, mapping) => {
    const [field, value] = fieldAndValue(body, "value");
    return anyTerm(field, [readText(value)], mapping);
  },
  terms: (body, mapping) => {
    const entry = fieldsOf(body).find(({ name }) => name !== "boost");
    const items = entry?.value.kind === "array" ? entry.value.items : [];
    return anyTerm(entry?.name ?? "", items.map(readText), mapping);
  },
  ids: (body) => {
    const values = fieldsOf(body).find(({ name }) => name === "values")?.value;
    const ids = new Set((values?.kind === "array" ? values.items : []).map(readText));
    return (document) => (ids.has(document.id) ? 1 : 0);
  },
  exists: (body) => {
    const field = textField(body, "field");
    return (document) => (valuesAt(document.source, field).some((value) => value !== null) ? 1 : 0);
  },
  match: (body, mapping) => {
    const [field, value] = fieldAndValue(body, "query");
    const all = textField(body, "operator", field) === "and";
    return words(field, readText(value), all ? Number.POSITIVE_INFINITY : 1, mapping);
  },
  match_phrase: (body, mapping) => {
    const [field, value] = fieldAndValue(body, "query");
    const phrase = ` ${tokens(readText(value)).join(" ")} `;
    return (document) =>
      fieldTexts(document, field, mapping).some((text) => ` ${tokens(text).join(" ")} `.includes(phrase)) ? 1 : 0;
  },
  multi_match: (body, mapping) => {
    const fields = fieldsOf(body).find(({ name }) => name === "fields")?.value;
    const text = textField(body, "query");
    const least = Number(textField(body, "minimum_should_match") || 1);
    const matchers = (fields?.kind === "array" ? fields.items : []).map((item) => {
      const [field = "", boost = "1"] = readText(item).split("^");
      const matcher = words(field, text, least, mapping);
      return (document: StoredDocument) => matcher(document) * Number(boost);
    });
    return (document) => Math.max(0, ...matchers.map((matcher) => matcher(document)));
  },
  prefix: (body, mapping) => {
    const [field, value] = fieldAndValue(body, "value");
    const prefix = readText(value);
    return (document) => (terms(document, field, mapping).some((term) => term.startsWith(prefix)) ? 1 : 0);
  },
  wildcard: (body, mapping) => {
    const [field, value] = fieldAndValue(body, "value");
    const escaped = readText(value).replace(/[.+^${}()|[\]\\]/g, "\\$&");
    const pattern = new RegExp(`^${escaped.replace(/\*/g, ".*").replace(/\?/g, ".")}$`, "s");
    return (document) => (terms(document, field, mapping).some((term) => pattern.test(term)) ? 1 : 0);
  },
  range: (body) => {
    const [field, bounds] = onlyField(body);
    const limits = plainValue(bounds) as Record<string, number | string>;
    return (document) => (valuesAt(document.source, field).some((value) => within(value, limits)) ? 1 : 0);
  },
  constant_score: (body, mapping, named) => {
    const filter = fieldsOf(body).find(({ name }) => name === "filter")?.value;
    const matcher = filter ? readQuery(filter, mapping, named) : () => 0;
    return (document) => (matcher(document) > 0 ? 1 : 0);
  },
  bool: readBool,
};

function readBool(body: JsonNode, mapping: Mapping, named: NamedQueries): Matcher {
  const clauses: Record<string, Matcher[]> = { must: [], filter: [], should: [], must_not: [] };
  let minimum: number | undefined;
  for (const { name, value } of fieldsOf(body)) {
    if (name === "minimum_should_match") minimum = Number(readText(value));
    const clause = clauses[name];
    if (clause)
      clause.push(...(value.kind === "array" ? value.items : [value]).map((item) => readQuery(item, mapping, named)));
    else if (
      name !== "minimum_should_match" &&
      name !== "boost" &&
      name !== "_name" &&
      name !== "adjust_pure_negative"
    ) {
      throw illegalArgument(`[bool] query does not support [${name}]`);
    }
  }
  const { must = [], filter = [], should = [], must_not: mustNot = [] } = clauses;
  const needed = minimum ?? (must.length + filter.length > 0 ? 0 : Math.min(should.length, 1));
  return (document) => {
    if (mustNot.some((matcher) => matcher(document) > 0)) return 0;
    const required = must.map((matcher) => matcher(document));
    if (required.some((score) => score === 0) || filter.some((matcher) => matcher(document) === 0)) return 0;
    const optional = should.map((matcher) => matcher(document)).filter((score) => score > 0);
    if (optional.length < needed) return 0;
    return [...required, ...optional].reduce((sum, score) => sum + score, 0) || 1;
  };
}

/** Words of a text as the standard analyzer cuts it. */
export function tokens(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}_]+(?:['.][\p{L}\p{N}_]+)*/gu) ?? [];
}

/** At least so many words of the text stand in the field, or all where it has fewer. */
function words(field: string, text: string, least: number, mapping: Mapping): Matcher {
  if (!isAnalysed(field, mapping)) return anyTerm(field, [text], mapping);
  const wanted = tokens(text);
  return (document) => {
    const found = new Set(terms(document, field, mapping));
    const hits = wanted.filter((word) => found.has(word)).length;
    if (hits < Math.min(least, wanted.length)) return 0;
    return hits === 0 ? 0 : hits / Math.sqrt(found.size + 1);
  };
}

function anyTerm(field: string, wanted: readonly string[], mapping: Mapping): Matcher {
  if (field === "_id") return (document) => (wanted.includes(document.id) ? 1 : 0);
  return (document) => (terms(document, field, mapping).some((term) => wanted.includes(term)) ? 1 : 0);
}

/** The terms a field is indexed under. */
function terms(document: StoredDocument, field: string, mapping: Mapping): string[] {
  const texts = fieldTexts(document, field, mapping);
  return isAnalysed(field, mapping) ? texts.flatMap(tokens) : texts;
}

function fieldTexts(document: StoredDocument, field: string, mapping: Mapping): string[] {
  if (isInFlat(field, mapping)) return valuesAt(document.source, field).flatMap(leaves);
  const path = field.endsWith(".keyword") && !(field in document.source) ? field.slice(0, -".keyword".length) : field;
  if (path !== field && mapping[path] !== "dynamic" && mapping[path] !== undefined && mapping[field] === undefined)
    return [];
  return valuesAt(document.source, path)
    .filter((value) => value !== null && typeof value !== "object")
    .map(String);
}

/** All scalars of a value, as terms of a flat field. */
function leaves(value: unknown): string[] {
  if (value === null || value === undefined) return [];
  return typeof value === "object" ? Object.values(value).flatMap(leaves) : [String(value)];
}

function isAnalysed(field: string, mapping: Mapping): boolean {
  if (isInFlat(field, mapping)) return false;
  const type = mapping[field];
  if (type === undefined) return !field.endsWith(".keyword") && field !== "_id";
  return type === "text" || type === "dynamic";
}

function within(value: unknown, limits: Record<string, number | string>): boolean {
  if (typeof value !== "number" && typeof value !== "string") return false;
  const { gt, gte, lt, lte } = limits;
  return (
    (gt === undefined || value > gt) &&
    (gte === undefined || value >= gte) &&
    (lt === undefined || value < lt) &&
    (lte === undefined || value <= lte)
  );
}

function fieldsOf(node: JsonNode): JsonObjectNode["fields"] {
  return node.kind === "object" ? node.fields : [];
}

function onlyField(node: JsonNode): [string, JsonNode] {
  const field = fieldsOf(node)[0];
  if (!field) throw illegalArgument("query malformed, empty clause found");
  return [field.name, field.value];
}

/** `{"field": value}` or `{"field": {"<key>": value}}`. */
function fieldAndValue(body: JsonNode, key: string): [string, JsonNode] {
  const [field, value] = onlyField(body);
  if (value.kind !== "object") return [field, value];
  const inner = value.fields.find(({ name }) => name === key)?.value;
  if (!inner) throw illegalArgument("value cannot be null");
  return [field, inner];
}

function textField(body: JsonNode, name: string, inside?: string): string {
  const holder = inside === undefined ? body : fieldsOf(body).find((field) => field.name === inside)?.value;
  const found = holder && fieldsOf(holder).find((field) => field.name === name)?.value;
  return found ? readText(found).toString() : "";
}

function unknownQuery(name: string, body: JsonNode): ApiError {
  const { line, column } = body;
  const causedBy = { type: "named_object_not_found_exception", reason: `[${line}:${column}] unknown field [${name}]` };
  const detail = {
    type: "parsing_exception",
    reason: `unknown query [${name}]`,
    extras: { line, col: column },
    causedBy,
  };
  return new ApiError(400, detail);
}
