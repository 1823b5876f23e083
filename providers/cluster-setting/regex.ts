import { LONGEST_REGEX, regexSyntaxProblem } from "../connector/trust";

/** Settings whose entries are Java regexes. Each must match a whole URL. */
const ENDPOINTS = /\.trusted_connector_(private_)?endpoints_regex$/;

/** Whether a setting is known to be a list without asking the server. */
export const isListKey = (key: string): boolean => ENDPOINTS.test(key);

/** A repeated group that contains a repetition, as in `(a+)+`. Refused since 3.7. */
const NESTED_QUANTIFIER = /\([^()]*[*+}][^()]*\)[*+{]/;
const BACK_REFERENCE = /\\[1-9]/;

/**
 * What is wrong with an entry of a trust list, as the end of a sentence, or `undefined`. Applies the limits of the
 * server's validator since 3.7. Older servers accept any entry, and then refuse every new connector.
 */
export function regexProblem(key: string, entry: unknown): string | undefined {
  if (!ENDPOINTS.test(key) || typeof entry !== "string") return undefined;
  if (entry.length > LONGEST_REGEX) return `must have ${LONGEST_REGEX} characters at most, but has ${entry.length}`;
  if (NESTED_QUANTIFIER.test(entry)) return "must not repeat a group that repeats something itself, such as (a+)+";
  if (BACK_REFERENCE.test(entry)) return "must not hold a back-reference such as \\1";
  return regexSyntaxProblem(entry);
}
