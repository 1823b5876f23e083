import { ApiError, illegalArgument } from "../errors";

/**
 * A Java regular expression that must match a whole text, as `Matcher.matches` does.
 * Java's own syntax that JavaScript lacks (`(?i)`, `\Q..\E`, `\A`, `\z`, possessive quantifiers) is translated.
 * Throws the server's `pattern_syntax_exception` for a pattern that doesn't compile.
 */
export function javaPattern(pattern: string): RegExp {
  const ignoreCase = pattern.startsWith("(?i)");
  const translated = (ignoreCase ? pattern.slice(4) : pattern)
    .replace(/\\Q(.*?)(?:\\E|$)/gs, (_, literal: string) => literal.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"))
    .replace(/\\A/g, "^")
    .replace(/\\[zZ]/g, "$")
    .replace(/([*+?}])\+/g, "$1");
  const flags = (ignoreCase ? "i" : "") + (/\\[pP]\{/.test(translated) ? "u" : "");
  try {
    return new RegExp(`^(?:${translated})$`, flags);
  } catch {
    throw patternSyntax(pattern);
  }
}

/** Java's text for the usual mistakes: what, where, the pattern, and a caret below it. */
function patternSyntax(pattern: string): ApiError {
  const { problem, index } = patternProblem(pattern);
  const caret = index < pattern.length ? `\n${" ".repeat(index)}^` : "";
  const reason = `${problem} near index ${index}\n${pattern}${caret}`;
  return new ApiError(400, { type: "pattern_syntax_exception", reason });
}

function patternProblem(pattern: string): { problem: string; index: number } {
  const dangling = /^[*+?]|[(|][*+?]/.exec(pattern);
  if (dangling) {
    const index = dangling.index + dangling[0].length - 1;
    return { problem: `Dangling meta character '${pattern[index]}'`, index };
  }
  if (/\[[^\]]*$/.test(pattern)) return { problem: "Unclosed character class", index: pattern.length - 1 };
  if (count(pattern, "(") > count(pattern, ")")) return { problem: "Unclosed group", index: pattern.length };
  if (count(pattern, ")") > count(pattern, "("))
    return { problem: "Unmatched closing ')'", index: pattern.lastIndexOf(")") - 1 };
  return { problem: "Illegal repetition", index: Math.max(pattern.length - 1, 0) };
}

function count(text: string, char: string): number {
  return text.split(char).length - 1;
}

/** What 3.7 and later refuse in its lists of private endpoints. Read in source. */
export function checkRegexSafety(pattern: string): void {
  if (/^.*\([^)]*[*+?]\)[*+?{].*$/.test(pattern) || /^.*\\[1-9].*$/.test(pattern)) {
    throw illegalArgument(
      `Regex pattern contains nested quantifiers or backreferences that may cause ReDoS: ${pattern}`,
    );
  }
  if (pattern.length > 256) throw illegalArgument(`Regex pattern too long (max 256 chars): ${pattern}`);
  try {
    javaPattern(pattern);
  } catch (error) {
    const causedBy = error instanceof ApiError ? error.detail : undefined;
    throw illegalArgument(`Invalid regex pattern: ${pattern}`, causedBy);
  }
}
