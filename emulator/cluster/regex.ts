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

function patternSyntax(pattern: string): ApiError {
  const problem = /\[[^\]]*$/.test(pattern) ? "Unclosed character class" : "Invalid pattern";
  const reason = `${problem} near index ${Math.max(pattern.length - 1, 0)}\n${pattern}`;
  return new ApiError(400, { type: "pattern_syntax_exception", reason });
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
