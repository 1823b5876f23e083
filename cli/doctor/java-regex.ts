/** Inline flags other than ignore-case, atomic groups, intersections: what JavaScript has no form for. */
const UNTRANSLATABLE = /\(\?(?!i\)|[:=!<])|&&|\\[RXGbB]\{/;

/**
 * Whether a Java regex matches a whole text, as `Matcher.matches` does, or `undefined` where it uses something that
 * JavaScript lacks, or is no regex at all.
 */
export function javaMatches(pattern: string, text: string): boolean | undefined {
  if (UNTRANSLATABLE.test(pattern)) return undefined;
  const ignoresCase = pattern.startsWith("(?i)");
  const translated = (ignoresCase ? pattern.slice(4) : pattern)
    .replaceAll(/\\Q(.*?)(?:\\E|$)/gs, (_whole, literal: string) => literal.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&"))
    .replaceAll("\\A", "^")
    .replaceAll(/\\[zZ]/g, "$")
    .replaceAll(/([*+?}])\+/g, "$1");
  try {
    return new RegExp(`^(?:${translated})$`, ignoresCase ? "i" : "").test(text);
  } catch {
    return undefined;
  }
}
