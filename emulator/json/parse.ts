import { ApiError } from "../errors";

/** A JSON value that remembers where it stood, since the server's error texts name line and column. */
export type JsonNode = { readonly line: number; readonly column: number } & (
  | { readonly kind: "object"; readonly fields: readonly JsonField[] }
  | { readonly kind: "array"; readonly items: readonly JsonNode[] }
  | { readonly kind: "string"; readonly text: string }
  | { readonly kind: "number"; readonly text: string }
  | { readonly kind: "true" | "false" | "null" }
);

/** A field of an object, in the order it was written. */
export interface JsonField {
  readonly name: string;
  readonly value: JsonNode;
}

export type JsonObjectNode = Extract<JsonNode, { kind: "object" }>;

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const ESCAPES: Record<string, string> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};
const MAX_DEPTH = 1000;

/** Reads one JSON document strictly, as the server's parser does; throws its 400 with `json_parse_exception` otherwise. */
export function parseJson(source: string): JsonNode {
  const parser = new Parser(source);
  const node = parser.value(0);
  parser.expectEnd();
  return node;
}

class Parser {
  private position = 0;
  private line = 1;
  private lineStart = 0;

  constructor(private readonly source: string) {}

  value(depth: number): JsonNode {
    this.space();
    if (depth > MAX_DEPTH) throw this.broken(`Document nesting depth (${depth}) exceeds the maximum allowed`);
    const at = { line: this.line, column: this.position - this.lineStart + 1 };
    const char = this.source[this.position];
    if (char === undefined) throw this.ended();
    if (char === "{") return { ...at, kind: "object", fields: this.fields(depth) };
    if (char === "[") return { ...at, kind: "array", items: this.items(depth) };
    if (char === '"') return { ...at, kind: "string", text: this.text() };
    for (const kind of ["true", "false", "null"] as const) {
      if (!this.source.startsWith(kind, this.position)) continue;
      this.position += kind.length;
      return { ...at, kind };
    }
    NUMBER.lastIndex = this.position;
    const number = NUMBER.exec(this.source);
    if (!number)
      throw this.unexpected(
        "expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
      );
    this.position += number[0].length;
    return { ...at, kind: "number", text: number[0] };
  }

  expectEnd(): void {
    this.space();
    if (this.position < this.source.length) throw this.unexpected("expected the end of the document");
  }

  private fields(depth: number): JsonField[] {
    const fields: JsonField[] = [];
    const seen = new Set<string>();
    this.position++;
    this.space();
    if (this.take("}")) return fields;
    for (;;) {
      this.space();
      if (this.source[this.position] !== '"') throw this.unexpected("was expecting double-quote to start field name");
      const name = this.text();
      if (seen.has(name)) throw this.broken(`Duplicate field '${name}'`);
      seen.add(name);
      this.space();
      if (!this.take(":")) throw this.unexpected("was expecting a colon to separate field name and value");
      fields.push({ name, value: this.value(depth + 1) });
      this.space();
      if (this.take("}")) return fields;
      if (!this.take(",")) throw this.unexpected("was expecting comma to separate Object entries");
    }
  }

  private items(depth: number): JsonNode[] {
    const items: JsonNode[] = [];
    this.position++;
    this.space();
    if (this.take("]")) return items;
    for (;;) {
      items.push(this.value(depth + 1));
      this.space();
      if (this.take("]")) return items;
      if (!this.take(",")) throw this.unexpected("was expecting comma to separate Array entries");
    }
  }

  private text(): string {
    let out = "";
    this.position++;
    for (;;) {
      const char = this.source[this.position];
      if (char === undefined) throw this.ended();
      this.position++;
      if (char === '"') return out;
      if (char < " ") throw this.broken(`Illegal unquoted character ((CTRL-CHAR, code ${char.charCodeAt(0)}))`);
      out += char === "\\" ? this.escape() : char;
    }
  }

  private escape(): string {
    const char = this.source[this.position];
    if (char === undefined) throw this.ended();
    this.position++;
    if (char !== "u") {
      const plain = ESCAPES[char];
      if (plain === undefined)
        throw this.broken(`Unrecognized character escape '${char}' (code ${char.charCodeAt(0)})`);
      return plain;
    }
    const digits = this.source.slice(this.position, this.position + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw this.broken("expected a hex-digit for character escape sequence");
    this.position += 4;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  private take(char: string): boolean {
    if (this.source[this.position] !== char) return false;
    this.position++;
    return true;
  }

  private space(): void {
    for (;;) {
      const char = this.source[this.position];
      if (char !== " " && char !== "\t" && char !== "\n" && char !== "\r") return;
      this.position++;
      if (char !== "\n") continue;
      this.line++;
      this.lineStart = this.position;
    }
  }

  private unexpected(expectation: string): ApiError {
    const char = this.source[this.position];
    if (char === undefined) return this.ended();
    return this.broken(`Unexpected character ('${char}' (code ${char.charCodeAt(0)})): ${expectation}`);
  }

  private ended(): ApiError {
    return new ApiError(400, { type: "json_e_o_f_exception", reason: `Unexpected end-of-input${this.where()}` });
  }

  private broken(problem: string): ApiError {
    return new ApiError(400, { type: "json_parse_exception", reason: `${problem}${this.where()}` });
  }

  private where(): string {
    return `\n at [Source: (request body); line: ${this.line}, column: ${this.position - this.lineStart + 1}]`;
  }
}
