import { isDeepStrictEqual } from "node:util";
import { asWanted } from "../shared/compare";

export type Fields = Readonly<Record<string, unknown>>;

/** Field parameters that can change on an existing index (each one tried on 3.4.0). */
const UPDATABLE = [
  "boost",
  "coerce",
  "copy_to",
  "dynamic",
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

/** Members of a mapping that can change on an existing index. */
export const UPDATABLE_MAPPING = [
  "_meta",
  "dynamic",
  "dynamic_templates",
  "dynamic_date_formats",
  "date_detection",
  "numeric_detection",
];

/** Parameters that the server omits if they have this value. */
const DEFAULTS: Readonly<Record<string, unknown>> = { index: true, doc_values: true, store: false, enabled: true };

export function fieldsOf(mappings: unknown): Record<string, unknown> {
  const properties = isRecord(mappings) ? mappings.properties : undefined;
  return isRecord(properties) ? Object.fromEntries(Object.entries(properties).map(plainField)) : {};
}

/** A field without explicit default values. */
function plainField([name, field]: [string, unknown]): [string, unknown] {
  if (!isRecord(field)) return [name, field];
  const kept = Object.entries(field).filter(
    ([key, value]) => DEFAULTS[key] !== value && !(key === "type" && value === "object" && isRecord(field.properties)),
  );
  const inner = kept.map(([key, value]): [string, unknown] =>
    (key === "properties" || key === "fields") && isRecord(value)
      ? [key, Object.fromEntries(Object.entries(value).map(plainField))]
      : [key, value],
  );
  return [name, Object.fromEntries(inner)];
}

/**
 * Whether one set of fields can become another without a new index. Fields and multi-fields can be added, and a few
 * parameters changed. Nothing can be removed: a field exists as long as its index.
 */
export function canBecome(olds: Fields, news: Fields): boolean {
  return Object.entries(olds).every(([name, before]) => {
    const after = news[name];
    if (isDeepStrictEqual(before, after)) return true;
    if (!isRecord(before) || !isRecord(after)) return false;
    const parameters = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return parameters.every((key) => {
      if (isDeepStrictEqual(before[key], after[key]) || UPDATABLE.includes(key)) return true;
      if (key !== "properties" && key !== "fields") return false;
      return canBecome(record(before[key]), record(after[key]));
    });
  });
}

/** Whether a mapping can become another without a new index, including its fields. */
export function mappingCanBecome(olds: unknown, news: unknown): boolean {
  const [before, after] = [rest(olds), rest(news)];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const fixed = keys.filter((key) => !UPDATABLE_MAPPING.includes(key));
  return fixed.every((key) => isDeepStrictEqual(before[key], after[key])) && canBecome(fieldsOf(olds), fieldsOf(news));
}

export function mappingsDiffer(olds: unknown, news: unknown): boolean {
  return !isDeepStrictEqual(rest(olds), rest(news)) || !isDeepStrictEqual(fieldsOf(olds), fieldsOf(news));
}

/** The fields to send to turn one set into another. Each is complete, because the server resets omitted parameters. */
export function differingFields(olds: unknown, news: Fields | undefined): Record<string, unknown> {
  const before = fieldsOf(olds);
  const after = fieldsOf(news);
  const given = record(news?.properties);
  const names = Object.keys(after).filter((name) => !isDeepStrictEqual(before[name], after[name]));
  return Object.fromEntries(names.map((name) => [name, given[name]]));
}

/**
 * The program's mappings with the server's values. Fields that only the server has come from documents and are left
 * out. A parameter that the server omits has its default.
 */
export function mappingsAsSeen(wanted: Fields | undefined, found: Fields): Fields | undefined {
  if (wanted === undefined) return undefined;
  const seen: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(wanted)) {
    if (key === "properties") seen[key] = fieldsAsSeen(record(value), record(found.properties));
    else if (key === "_meta") seen[key] = membersSeen(record(value), record(found._meta));
    else seen[key] = found[key] === undefined ? value : asWanted(value, found[key]);
  }
  return seen;
}

function fieldsAsSeen(wanted: Fields, found: Fields): Fields {
  const present = Object.entries(wanted).filter(([name]) => found[name] !== undefined);
  return Object.fromEntries(present.map(([name, field]) => [name, fieldAsSeen(record(field), record(found[name]))]));
}

function fieldAsSeen(wanted: Fields, found: Fields): Fields {
  const seen: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(wanted)) {
    if (key === "properties" || key === "fields") seen[key] = fieldsAsSeen(record(value), record(found[key]));
    else seen[key] = found[key] === undefined ? value : parameterAsSeen(value, found[key]);
  }
  return seen;
}

/** The server turns a single `copy_to` into a list of one. */
function parameterAsSeen(wanted: unknown, found: unknown): unknown {
  const alone = Array.isArray(found) && found.length === 1 && !Array.isArray(wanted) ? found[0] : found;
  return asWanted(wanted, alone);
}

function membersSeen(wanted: Fields, found: Fields): Fields {
  const present = Object.entries(wanted).filter(([key]) => found[key] !== undefined);
  return Object.fromEntries(present.map(([key, value]) => [key, asWanted(value, found[key])]));
}

function rest(mappings: unknown): Record<string, unknown> {
  const { properties: _p, ...others } = record(mappings);
  return others;
}

function record(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
