/** Control characters but line feed and tab: escape sequences begin with one, and C1 holds eight-bit forms of them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;

/**
 * A model's or a server's text without what would steer the terminal: an answer may hold anything, also a sequence
 * that rewrites the screen or the clipboard.
 */
export function harmless(text: string): string {
  return text.replace(CONTROL, "");
}
