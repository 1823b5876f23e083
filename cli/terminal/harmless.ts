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

/** What steers how a line is read: ends of lines, and marks that turn its direction round. */
const STEERING = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** The same of a name, which has one line: a file's may hold line ends, and so look like a message of ours. */
export function harmlessName(name: string): string {
  return name.replace(STEERING, (sign) => (sign === "\n" ? "\u23ce" : ""));
}
