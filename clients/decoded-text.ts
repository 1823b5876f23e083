/** Why bytes cannot be read as text; completes a sentence. */
export interface Undecoded {
  readonly reason: string;
  /** The encoding that they seem to have. */
  readonly encoding?: string;
}

/**
 * The text of a file, with `\n` line endings, or why it cannot be read. Reads UTF-8, and UTF-16 with a byte order mark.
 * Any other encoding would be a guess, and a wrong guess silently corrupts the text.
 */
export function decodedText(bytes: Uint8Array): string | Undecoded {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
  const text = decoded(bytes, encoding);
  if (text !== undefined && !text.includes("\0")) return text.replace(/\r\n?/g, "\n");
  const wide = encoding === "utf-8" ? utf16WithoutMark(bytes) : undefined;
  if (wide !== undefined) {
    return { reason: `looks like ${wide} without a byte order mark; save it as UTF-8`, encoding: wide };
  }
  return text === undefined
    ? { reason: "is neither UTF-8 nor UTF-16 text; save it as UTF-8" }
    : { reason: "contains null characters, so it is not text" };
}

function decoded(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: no text has them.
const CONTROL_CHARACTER = /[\x00-\x08\x0e-\x1f]/;

/**
 * Detects UTF-16 without a byte order mark: each space, line break and Latin letter has a zero byte, always on the same
 * side.
 */
function utf16WithoutMark(bytes: Uint8Array): string | undefined {
  const sides = new Set<number>();
  for (let at = bytes.indexOf(0); at >= 0; at = bytes.indexOf(0, at + 1)) sides.add(at % 2);
  if (bytes.length % 2 !== 0 || sides.size !== 1) return undefined;
  const encoding = sides.has(1) ? "UTF-16LE" : "UTF-16BE";
  const text = decoded(bytes, encoding);
  return text === undefined || CONTROL_CHARACTER.test(text) ? undefined : encoding;
}
