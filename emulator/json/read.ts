import { ApiError, type ErrorDetail, illegalArgument, illegalState, nullPointer } from "../errors";
import { gsonText } from "./java";
import type { JsonField, JsonNode } from "./parse";

const TOKENS: Record<JsonNode["kind"], string> = {
  object: "START_OBJECT",
  array: "START_ARRAY",
  string: "VALUE_STRING",
  number: "VALUE_NUMBER",
  true: "VALUE_BOOLEAN",
  false: "VALUE_BOOLEAN",
  null: "VALUE_NULL",
};

/** The fields of an object, or the server's refusal of any other token. */
export function readObject(node: JsonNode): readonly JsonField[] {
  if (node.kind === "object") return node.fields;
  throw unexpectedToken("START_OBJECT", node);
}

/** The items of an array, or the server's refusal of any other token. */
export function readArray(node: JsonNode): readonly JsonNode[] {
  if (node.kind === "array") return node.items;
  throw unexpectedToken("START_ARRAY", node);
}

function unexpectedToken(wanted: string, node: JsonNode): ApiError {
  const reason = `Failed to parse object: expecting token of type [${wanted}] but found [${TOKENS[node.kind]}]`;
  const detail: ErrorDetail = { type: "parsing_exception", reason, extras: { line: node.line, col: node.column } };
  return new ApiError(400, detail);
}

/** The text of a scalar. Numbers and booleans read as they were written; null and containers are refused. */
export function readText(node: JsonNode): string {
  if (node.kind === "string" || node.kind === "number") return node.text;
  if (node.kind === "true" || node.kind === "false") return node.kind;
  throw illegalState(`Can't get text on a ${TOKENS[node.kind]} at ${node.line}:${node.column}`);
}

/** A boolean, also written as text. */
export function readBoolean(node: JsonNode): boolean {
  if (node.kind === "true" || node.kind === "false") return node.kind === "true";
  const text = readText(node);
  if (text === "true" || text === "false") return text === "true";
  throw illegalArgument(`Failed to parse value [${text}] as only [true] or [false] are allowed.`);
}

/** A whole number, also written as text. */
export function readInteger(node: JsonNode): number {
  const text = readText(node);
  const value = Number(text);
  if (/^-?\d+(\.0+)?$/.test(text) && Math.abs(value) <= 2 ** 31) return value;
  if (Number.isFinite(value) && text.trim() !== "")
    throw illegalArgument(`${text} cannot be converted to Integer without data loss`);
  throw new ApiError(400, { type: "number_format_exception", reason: `For input string: "${text}"` });
}

/** A list of texts. */
export function readTexts(node: JsonNode): string[] {
  return readArray(node).map(readText);
}

/** A map of texts: values of other types read as text. */
export function readTextMap(node: JsonNode): Record<string, string> {
  const map: Record<string, string> = {};
  for (const { name, value } of readObject(node)) map[name] = value.kind === "null" ? "null" : readText(value);
  return map;
}

/**
 * Parameters of connectors and predictions: texts stay, everything else becomes its JSON text.
 * Scalars count as no parameters; an array is the server's null pointer.
 */
export function readParameters(node: JsonNode): Record<string, string> {
  if (node.kind === "array") throw nullPointer('Cannot invoke "String.hashCode()" because "<local7>" is null');
  const parameters: Record<string, string> = {};
  if (node.kind !== "object") return parameters;
  for (const { name, value } of node.fields) parameters[name] = value.kind === "string" ? value.text : gsonText(value);
  return parameters;
}

/** The plain JavaScript value; numbers lose what a double cannot hold. */
export function plainValue(node: JsonNode): unknown {
  switch (node.kind) {
    case "object":
      return Object.fromEntries(node.fields.map(({ name, value }) => [name, plainValue(value)]));
    case "array":
      return node.items.map(plainValue);
    case "string":
      return node.text;
    case "number":
      return Number(node.text);
    case "null":
      return null;
    default:
      return node.kind === "true";
  }
}
