import { RE2JS } from "re2js";
import { javaSyntaxProblem } from "./java-syntax";

/** What RE2 has no form for, or understands otherwise: intersections of classes, and Java's `\R`, `\X`, `\h` and others. */
const UNTRANSLATABLE = /&&|\\[RXGhHvVbB]\{?/;
/** What is longer is judged by nobody here: a pattern of RE2 is compiled in time of its length times its repetitions. */
const LONGEST = 2_048;

/**
 * Whether a Java regex matches a whole text, as `Matcher.matches` does, or `undefined` where that cannot be told here. What
 * is no regex matches nothing.
 * By RE2, which ends in time that grows with the text: a foreign regex such as `(a+)+` never ends in a backtracking engine.
 */
export function javaMatches(pattern: string, text: string): boolean | undefined {
  if (javaSyntaxProblem(pattern) !== undefined) return false;
  if (pattern.length > LONGEST || text.length > LONGEST || UNTRANSLATABLE.test(pattern)) return undefined;
  // Possessive quantifiers only forbid to look back.
  const greedy = pattern.replaceAll(/([*+?}])\+/g, "$1");
  try {
    return RE2JS.compile(greedy).matches(text);
  } catch {
    return undefined;
  }
}
