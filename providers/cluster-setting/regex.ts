import { LONGEST_REGEX } from "../connector/trust";

/** Settings whose entries are Java regexes that a whole URL must match. */
const ENDPOINTS = /\.trusted_connector_(private_)?endpoints_regex$/;

/** Whether a setting is known to be a list, whatever is on the server: those whose entries are looked at here. */
export const isListKey = (key: string): boolean => ENDPOINTS.test(key);

/** A group that repeats something and is repeated itself, as in `(a+)+`: refused since 3.7. */
const NESTED_QUANTIFIER = /\([^()]*[*+}][^()]*\)[*+{]/;
const BACK_REFERENCE = /\\[1-9]/;
/** Forms that Java has and JavaScript lacks: for these no syntax error is reported here. */
const JAVA_ONLY = /\\[QEAZzGhHRXp]|\(\?[a-zA-Z-]+[:)]|\(\?>|[*+?}]\+|&&/;

/**
 * What is wrong with an entry of a trust list, as the rest of a sentence, or `undefined`. The limits are those of the
 * server's validator since 3.7; older servers take anything, and then refuse every new connector.
 */
export function regexProblem(key: string, entry: unknown): string | undefined {
  if (!ENDPOINTS.test(key) || typeof entry !== "string") return undefined;
  if (entry.length > LONGEST_REGEX) return `must have ${LONGEST_REGEX} characters at most, but has ${entry.length}`;
  if (NESTED_QUANTIFIER.test(entry)) return "must not repeat a group that repeats something itself, such as (a+)+";
  if (BACK_REFERENCE.test(entry)) return "must not hold a back-reference such as \\1";
  if (JAVA_ONLY.test(entry)) return undefined;
  try {
    new RegExp(entry);
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^Invalid regular expression: /, "") : String(error);
    return `must be a regular expression (${reason}); trustedEndpointRegex(url) makes one`;
  }
}
