import { isDeepStrictEqual } from "node:util";
import { ApiError, type ErrorDetail, illegalArgument } from "../errors";
import { isRecord } from "./mapping";

/** A mapping as requests write it and `GET _mapping` shows it. */
export type Definition = Record<string, unknown>;

/** What a mapping may hold beside its fields, in the order in which the server shows it. */
const ROOT = [
  "dynamic",
  "_meta",
  "dynamic_date_formats",
  "dynamic_templates",
  "date_detection",
  "numeric_detection",
  "_routing",
  "_source",
];

/** Parameters that an existing field takes over from a new mapping; all others must stay (each tried on 3.4.0). */
const UPDATABLE = [
  "boost",
  "coerce",
  "copy_to",
  "eager_global_ordinals",
  "fielddata",
  "fielddata_frequency_filter",
  "ignore_above",
  "ignore_malformed",
  "meta",
  "search_analyzer",
  "search_quote_analyzer",
  "split_queries_on_whitespace",
];

/** A parameter's value while a mapping does not name it; not shown then. */
const DEFAULTS: Definition = { index: true, doc_values: true, store: false, norms: false, analyzer: "default" };

/** A new index's mapping in the form in which the server shows it. */
export function definitionOf(mappings: unknown): Definition {
  const given = isRecord(mappings) ? mappings : {};
  const unknown = Object.keys(given).filter((key) => key !== "properties" && !ROOT.includes(key));
  if (unknown.length > 0) throw unsupported(given, unknown);
  const shown = ROOT.filter((key) => given[key] !== undefined).map((key) => [key, rootValue(key, given[key])]);
  const properties = isRecord(given.properties) ? fieldsOf(given.properties) : {};
  return { ...Object.fromEntries(shown), ...(Object.keys(properties).length > 0 ? { properties } : {}) };
}

function unsupported(given: Definition, unknown: readonly string[]): ApiError {
  const listed = unknown.map((key) => ` [${key} : ${String(given[key])}]`).join("");
  const detail = {
    type: "mapper_parsing_exception",
    reason: `Root mapping definition has unsupported parameters: ${listed}`,
  };
  const reason = `Failed to parse mapping [_doc]: ${detail.reason}`;
  return new ApiError(400, { type: "mapper_parsing_exception", reason, causedBy: detail }, detail);
}

function rootValue(key: string, value: unknown): unknown {
  return key === "dynamic" ? String(value) : value;
}

function fieldsOf(properties: Definition): Definition {
  const names = Object.keys(properties).sort();
  return Object.fromEntries(names.map((name) => [name, fieldOf(properties[name])]));
}

function fieldOf(field: unknown): Definition {
  if (!isRecord(field)) return {};
  const { type, properties, fields, ...parameters } = field;
  const isObject = type === undefined || (type === "object" && isRecord(properties));
  const kept = Object.entries(parameters).filter(([key, value]) => !isDeepStrictEqual(value, defaultOf(key, type)));
  const shown = kept.map(([key, value]) => [key, key === "copy_to" && !Array.isArray(value) ? [value] : value]);
  return {
    ...(isObject ? {} : { type }),
    ...(isRecord(fields) ? { fields: fieldsOf(fields) } : {}),
    ...Object.fromEntries(shown),
    ...(isRecord(properties) ? { properties: fieldsOf(properties) } : {}),
  };
}

function defaultOf(parameter: string, type: unknown): unknown {
  if (parameter === "norms") return type === "text";
  return DEFAULTS[parameter];
}

/** The mapping after a `PUT _mapping`: fields are added, updatable parameters replaced, anything else refused. */
export function merged(before: Definition, change: unknown): Definition {
  const { properties, ...root } = definitionOf(change);
  const { properties: old, ...oldRoot } = before;
  const fields = mergedFields(isRecord(old) ? old : {}, isRecord(properties) ? properties : {});
  const all = { ...oldRoot, ...root };
  const ordered = Object.fromEntries(ROOT.filter((key) => key in all).map((key) => [key, all[key]]));
  return { ...ordered, ...(Object.keys(fields).length > 0 ? { properties: fields } : {}) };
}

function mergedFields(before: Definition, change: Definition): Definition {
  const names = [...new Set([...Object.keys(before), ...Object.keys(change)])].sort();
  const entries = names.map((name) => [name, mergedField(name, before[name], change[name])]);
  return Object.fromEntries(entries);
}

function mergedField(name: string, before: unknown, change: unknown): unknown {
  if (!isRecord(before)) return change;
  if (!isRecord(change)) return before;
  if (isRecord(before.properties) && isRecord(change.properties)) {
    return { ...change, properties: mergedFields(before.properties, change.properties) };
  }
  if (isRecord(before.properties)) {
    throw illegalArgument(`can't merge a non object mapping [${name}] with an object mapping`);
  }
  if (isRecord(change.properties)) {
    throw illegalArgument(`can't merge an object mapping [${name}] with a non object mapping`);
  }
  if (before.type !== change.type) {
    throw illegalArgument(`mapper [${name}] cannot be changed from type [${before.type}] to [${change.type}]`);
  }
  const conflicts = conflictsBetween(before, change);
  if (conflicts.length > 0) {
    throw illegalArgument(`Mapper for [${name}] conflicts with existing mapper:\n\t${conflicts.join("\n\t")}`);
  }
  if (!isRecord(before.fields)) return change;
  const fields = mergedFields(before.fields, isRecord(change.fields) ? change.fields : {});
  const { type, fields: _f, ...parameters } = change;
  return { type, fields, ...parameters };
}

function conflictsBetween(before: Definition, change: Definition): string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(change)])].sort();
  return keys.flatMap((key) => {
    if (key === "type" || key === "fields" || UPDATABLE.includes(key)) return [];
    const value = (field: Definition) => field[key] ?? defaultOf(key, before.type) ?? null;
    const [from, to] = [value(before), value(change)];
    if (isDeepStrictEqual(from, to)) return [];
    return [`Cannot update parameter [${key}] from [${shown(from)}] to [${shown(to)}]`];
  });
}

function shown(value: unknown): string {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}

/** Fields of k-NN's type are unknown where that plugin is not installed. */
export function checkTypes(mappings: unknown, hasKnn: boolean): void {
  const properties = isRecord(mappings) && isRecord(mappings.properties) ? mappings.properties : {};
  for (const [name, field] of Object.entries(properties)) {
    if (!isRecord(field)) continue;
    if (field.type === "knn_vector" && !hasKnn) throw noHandler("knn_vector", name);
    checkTypes(field, hasKnn);
  }
}

function noHandler(type: string, name: string): ApiError {
  const detail: ErrorDetail = {
    type: "mapper_parsing_exception",
    reason: `No handler for type [${type}] declared on field [${name}]`,
  };
  const reason = `Failed to parse mapping [_doc]: ${detail.reason}`;
  return new ApiError(400, { type: "mapper_parsing_exception", reason, causedBy: detail }, detail);
}
