import { sentence } from "../shared/checking";
import { ProgramError } from "../shared/program-error";

const WORD_JOINER = "\u2060";

/** The server's JSON parser skips all characters up to U+0020, and no others. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the parser skips control characters.
const LOOKS_LIKE_JSON = /^[\x00-\x20]*[{[]/;

/**
 * Makes a user's text safe to send as a prompt. Inserts an invisible character (U+2060) where the server would misread
 * it:
 *
 * - between `$` and `{`: the server expands `${parameters.…}` in callers' texts too, which leaks parameters, fails or
 *   loops (seen on 3.4.0);
 * - before a text that begins like a JSON object or list: the server inserts JSON unescaped, which breaks the request
 *   (400 `Invalid payload`, seen on 3.4.0).
 *
 * @example
 * ```ts
 * const parameters = { prompt: promptText("Why is ${x} blue?") };
 * ```
 */
export function promptText(text: string): string {
  if (typeof text !== "string") throw new ProgramError(`promptText: ${sentence(["text"], text, "must be a text")}`);
  const unexpanded = text.replaceAll("${", `$${WORD_JOINER}{`);
  return LOOKS_LIKE_JSON.test(unexpanded) ? WORD_JOINER + unexpanded : unexpanded;
}
