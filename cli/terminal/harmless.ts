/** Control characters except line feed and tab. Escape sequences start with one, in 7-bit (C0) or 8-bit (C1) form. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are removed.
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;

/**
 * Removes terminal control sequences from a model's or server's text. An answer may contain anything, even a sequence
 * that rewrites the screen or the clipboard.
 */
export function harmless(text: string): string {
  return text.replace(CONTROL, "");
}

/** Line breaks, other control characters, and marks that change the text direction. */
const STEERING = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** The same for a name. A file name may contain line breaks and so imitate our own messages. */
export function harmlessName(name: string): string {
  return name.replace(STEERING, (sign) => (sign === "\n" ? "\u23ce" : ""));
}
