import { describe, expect, it } from "vitest";
import { javaMatches } from "../../../../providers/connector/java-syntax";

const URL = "http://ollama:11434/api/generate";

describe("a trust list's entry", () => {
  it.each([
    ["^http://ollama:11434/api/generate$", true],
    ["http://ollama:11434/api/generate", true],
    ["http://ollama:11434", false],
    [".*", true],
    ["^https://.*$", false],
    ["\\Qhttp://ollama:11434/api/generate\\E", true],
    ["\\Ahttp://.*\\z", true],
    ["(?i)HTTP://OLLAMA:11434/.*", true],
    ["http://[a-z]++:\\d++/.*", true],
    ["(?s).*", true],
    ["(([a-z]+)+:*)+$", false],
    ["http://(ollama|other):11434/api/(?:generate|chat)", true],
    // The server refuses these, so nothing is trusted by them.
    ["[bad", false],
    ["^http://${parameters.host}/.*$", false],
    ["*", false],
    ["http://ollama:11434/(.*", false],
    ["http:\\/\\/ollama\\.\\q", false],
  ])("%s matches the whole URL, as Java does: %s", (entry, matches) => {
    expect(javaMatches(entry, URL)).toBe(matches);
  });

  it.each(["(?=http).*", "(?>http).*", "(http).*\\1", "[a-z&&[^x]]+", "\\h*", "a".repeat(2_049)])(
    "%s cannot be judged here",
    (entry) => {
      expect(javaMatches(entry, URL)).toBeUndefined();
    },
  );
});
