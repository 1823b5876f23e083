const WORD_JOINER = "\u2060";

/**
 * Makes a user's text safe to send as a prompt: the server expands `${parameters.…}` also inside what callers send,
 * which leaks parameters, fails, or loops (seen on 3.4.0). An invisible character between `$` and `{` stops that.
 *
 * @example
 * ```ts
 * const parameters = { prompt: promptText(question) };
 * ```
 */
export function promptText(text: string): string {
  return text.replaceAll("${", `$${WORD_JOINER}{`);
}
