import type { JsonNode } from "./parse";

/** A number that Java prints as a double (`7.0`, `1.7672256E9`) where JavaScript would print `7`. */
export class JavaDouble {
  constructor(readonly value: number) {}

  toJSON(): number {
    return this.value;
  }
}

/** `Double.toString`: always a fraction, exponents outside 10^-3..10^7. */
export function doubleText(value: number): string {
  if (Number.isNaN(value) || !Number.isFinite(value)) return String(value);
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  const size = Math.abs(value);
  if (size >= 1e-3 && size < 1e7) return Number.isInteger(value) ? `${value}.0` : String(value);
  const [digits = "", exponent = ""] = value.toExponential().split("e");
  return `${digits.includes(".") ? digits : `${digits}.0`}E${Number(exponent)}`;
}

/** `JSON.stringify` that knows `JavaDouble`. */
export function stringify(value: unknown): string {
  if (value instanceof JavaDouble) return doubleText(value.value);
  if (Array.isArray(value)) return `[${value.map((item) => stringify(item ?? null)).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${stringify(field)}`).join(",")}}`;
}

/** `stringify` over several lines, as `?pretty` asks for. */
export function prettyText(value: unknown, indent = ""): string {
  const inner = `${indent}  `;
  const lines = Array.isArray(value)
    ? value.map((item) => inner + prettyText(item ?? null, inner))
    : isPlainObject(value)
      ? Object.entries(value)
          .filter(([, field]) => field !== undefined)
          .map(([name, field]) => `${inner}${JSON.stringify(name)} : ${prettyText(field, inner)}`)
      : undefined;
  if (!lines || lines.length === 0) return stringify(value);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return `${open}\n${lines.join(",\n")}\n${indent}${close}`;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !(value instanceof JavaDouble);
}

/** The JSON text Gson makes of a value that the request parser had read: whole numbers stay whole, fractions are doubles. */
export function gsonText(node: JsonNode): string {
  switch (node.kind) {
    case "object":
      return `{${node.fields.map(({ name, value }) => `${gsonString(name)}:${gsonText(value)}`).join(",")}}`;
    case "array":
      return `[${node.items.map(gsonText).join(",")}]`;
    case "string":
      return gsonString(node.text);
    case "number":
      return /^-?\d+$/.test(node.text) ? node.text : doubleText(Number(node.text));
    default:
      return node.kind;
  }
}

/** A JSON string literal as Gson writes it without HTML escaping. */
export function gsonString(text: string): string {
  return JSON.stringify(text).replace(/[\u2028\u2029]/g, (char) => unicodeEscape(char).toLowerCase());
}

/** `StringEscapeUtils.escapeJson` of Apache Commons Text: also escapes `/` and everything beyond ASCII. */
export function escapeJson(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what has to be escaped
  return text.replace(/["\\/\u0000-\u001f\u007f-\uffff]/g, (char) => SHORT_ESCAPES[char] ?? unicodeEscape(char));
}

const SHORT_ESCAPES: Record<string, string> = {
  '"': '\\"',
  "\\": "\\\\",
  "/": "\\/",
  "\b": "\\b",
  "\n": "\\n",
  "\t": "\\t",
  "\f": "\\f",
  "\r": "\\r",
};

function unicodeEscape(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}
