import { ApiError } from "../errors";

/**
 * How a field is indexed. `dynamic` is what the server makes of an unmapped text: analysed, with a `.keyword` beside it.
 * `flat` (the server's `flat_object`) takes everything below it as exact terms.
 */
export type FieldType =
  | "text"
  | "keyword"
  | "dynamic"
  | "integer"
  | "long"
  | "float"
  | "double"
  | "boolean"
  | "date"
  | "object"
  | "flat"
  | "other";

/** Field types by dotted path. */
export type Mapping = Record<string, FieldType>;

const NUMBERS: readonly string[] = [
  "integer",
  "long",
  "short",
  "byte",
  "float",
  "double",
  "half_float",
  "unsigned_long",
];
const OTHERS: readonly string[] = [
  "knn_vector",
  "rank_features",
  "nested",
  "geo_point",
  "ip",
  "binary",
  "alias",
  "completion",
];

/** Reads `{"properties": {...}}` into field types; an unknown type is the server's 400. */
export function readMapping(properties: Record<string, unknown>, prefix = ""): Mapping {
  const mapping: Mapping = {};
  for (const [name, value] of Object.entries(properties)) {
    const path = prefix + name;
    const field = isRecord(value) ? value : {};
    const type = typeof field.type === "string" ? field.type : "object";
    mapping[path] = fieldType(type, name);
    if (isRecord(field.properties)) Object.assign(mapping, readMapping(field.properties, `${path}.`));
    if (isRecord(field.fields)) Object.assign(mapping, readMapping(field.fields, `${path}.`));
  }
  return mapping;
}

function fieldType(type: string, name: string): FieldType {
  if (type === "flat_object") return "flat";
  if (type === "text" || type === "keyword" || type === "boolean" || type === "date" || type === "object") return type;
  if (type === "long" || type === "float" || type === "double") return type;
  if (NUMBERS.includes(type)) return type === "half_float" ? "float" : "integer";
  if (OTHERS.includes(type)) return "other";
  const detail = {
    type: "mapper_parsing_exception",
    reason: `No handler for type [${type}] declared on field [${name}]`,
  };
  const reason = `Failed to parse mapping [_doc]: ${detail.reason}`;
  throw new ApiError(400, { type: "mapper_parsing_exception", reason, causedBy: detail }, detail);
}

/** Refuses a document whose value doesn't fit a numeric field, as the server does. */
export function checkDocument(mapping: Mapping, id: string, source: Record<string, unknown>): void {
  for (const [path, type] of Object.entries(mapping)) {
    const value = source[path];
    if (type !== "integer" && type !== "long" && type !== "float" && type !== "double") continue;
    if (typeof value !== "string" || (value.trim() !== "" && Number.isFinite(Number(value)))) continue;
    const preview = `Preview of field's value: '${value}'`;
    const reason = `failed to parse field [${path}] of type [${type}] in document with id '${id}'. ${preview}`;
    const causedBy = { type: "number_format_exception", reason: `For input string: "${value}"` };
    throw new ApiError(400, { type: "mapper_parsing_exception", reason, causedBy });
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The values at a dotted path, through objects and arrays. */
export function valuesAt(source: unknown, path: string): unknown[] {
  if (Array.isArray(source)) return source.flatMap((item) => valuesAt(item, path));
  if (!isRecord(source)) return [];
  if (path in source) return [source[path]].flat();
  const parts = path.split(".");
  for (let length = parts.length - 1; length > 0; length--) {
    const head = parts.slice(0, length).join(".");
    if (head in source) return valuesAt(source[head], parts.slice(length).join("."));
  }
  return [];
}

/** Whether a path lies in a field of type `flat`. */
export function isInFlat(path: string, mapping: Mapping): boolean {
  const parts = path.split(".");
  return parts.some((_, length) => mapping[parts.slice(0, length + 1).join(".")] === "flat");
}
