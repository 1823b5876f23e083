import { describe, expect, it } from "vitest";
import { javaSyntaxProblem } from "../../../../providers/connector/java-syntax";

/** What `java.util.regex.Pattern` of Java 25 takes. */
const TAKEN = [
  "",
  "^http://a$",
  "a{2}",
  "a{2,}",
  "a{2,3}",
  "a{2}{3}",
  "a{2}+",
  "[{]",
  "[a{]",
  "\\{",
  "a}",
  "]",
  "a]",
  "[]a]",
  "a*+",
  "a++",
  "(?<n>a)",
  "\\-",
  "\\_",
  "\\/",
  "\\:",
  "\\Qa{\\E",
  "\\Qa",
  "\\p{L}",
  "\\pL",
  "\\x41",
  "\\u0041",
  "\\cA",
  "\\07",
  "\\1",
  "(a)\\1",
  "[\\d-z]",
  "[[a]]",
  "[a&&b]",
  "[a&&]",
  "(?=a)",
  "(?<=a)",
  "(?<!a)b",
  "(?>a)",
  "(?i)a",
  "(?i:a)",
  "a|",
  "|a",
  "a||b",
  "()",
  "(?)",
  "a{1001}",
  "(a{1000}){1000}",
  "\\N{DIGIT ONE}",
  "\\R",
  "\\X",
  "\\h",
  "\\Z",
  "\\b{g}",
  "[[:alpha:]]",
  "[-a]",
  "^*",
  "$+",
  "\\d{2,3}?",
  "[^a-z&&[^b]]",
  "x{0}",
  "(?:)*",
  "\\x{41}",
];

/** What it refuses, in its words. */
const REFUSED = {
  "Illegal repetition": ["{", "a{", "a{b}", "a{,5}", "a{ 2}", "${x}", "^http://${parameters.host}/.*$"],
  "Illegal repetition range": ["a{3,2}", "a{99999999999}"],
  "Unclosed character class": ["[a", "[]", "[^]", "[[a]"],
  "Unclosed group": ["(", "(?:a", "http://(a|b"],
  "Unmatched closing ')'": ["a)", "a|b)"],
  "Dangling meta character '*'": ["*", "*a", "a**", "a+*", "a?*", "(*a)", "a|*"],
  "Dangling meta character '+'": ["+a"],
  "Dangling meta character '?'": ["?a"],
  "Unknown inline modifier": ["(?P<n>a)", "(?z)a", "(?#c)"],
  "Illegal/unsupported escape sequence": ["\\y", "\\q", "\\g", "\\C", "\\K", "\\E", "a\\"],
  "Illegal character range": ["[z-a]", "[a-\\d]"],
};

describe("a Java regex", () => {
  it.each(TAKEN)("%j is one", (pattern) => expect(javaSyntaxProblem(pattern)).toBeUndefined());

  it.each(Object.entries(REFUSED).flatMap(([reason, patterns]) => patterns.map((pattern) => [pattern, reason])))(
    "%j is none: %s",
    (pattern, reason) => expect(javaSyntaxProblem(pattern ?? "")).toBe(reason),
  );

  it.each(["(", "[", "a{", "(?", "[a-", "[["])("a million of %j are read once", (part) => {
    expect(javaSyntaxProblem(part.repeat(1_000_000 / part.length))).toBeTypeOf("string");
  });
});
