import { describe, expect, it } from "vitest";
import { filledUrl } from "../../../../cli/doctor/filled-url";
import { javaMatches } from "../../../../providers/connector/java-regex";

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
  ])("%s matches the whole URL, as Java does: %s", (entry, matches) => {
    expect(javaMatches(entry, URL)).toBe(matches);
  });

  it.each(["(?=http).*", "(?>http).*", "(http).*\\1", "[a-z&&[^x]]+", "\\h*", "[bad", "a".repeat(2_049)])(
    "%s cannot be judged here",
    (entry) => {
      expect(javaMatches(entry, URL)).toBeUndefined();
    },
  );
});

describe("a URL's template", () => {
  it("is filled with the connector's own parameters, and what they lack stays", () => {
    expect(filledUrl("http://${parameters.host}/${parameters.path}", { host: "h:1" })).toBe(
      "http://h:1/${parameters.path}",
    );
  });
});
