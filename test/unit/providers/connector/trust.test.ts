import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { promptText } from "../../../../providers/connector/prompt-text";
import { trustedEndpointRegex } from "../../../../providers/connector/trust";
import { ProgramError } from "../../../../providers/shared/program-error";

/** As the server asks it: the whole URL has to match (`Matcher.matches`). */
function trusts(regex: string, url: string): boolean {
  return new RegExp(`^(?:${regex})$`, "s").test(url);
}

const URLS = fc.webUrl({ withQueryParameters: true, size: "small" }).filter((url) => url.length <= 100);

describe("trustedEndpointRegex", () => {
  it.each([
    ["http://ollama:11434/api/chat", "^http://ollama:11434/api/chat$"],
    ["https://api.example.com/v1", "^https://api\\.example\\.com/v1$"],
    ["http://[::1]:11434/api/chat", "^http://\\[::1\\]:11434/api/chat$"],
    ["https://h/x?a=1&b=(2)+{3}|4*5^6$7\\8", "^https://h/x\\?a=1&b=\\(2\\)\\+\\{3\\}\\|4\\*5\\^6\\$7\\\\8$"],
  ])("%s becomes %s", (url, regex) => {
    expect(trustedEndpointRegex(url)).toBe(regex);
  });

  it("matches its own URL", () => {
    fc.assert(fc.property(URLS, (url) => trusts(trustedEndpointRegex(url), url)));
  });

  it("matches no URL but its own", () => {
    fc.assert(
      fc.property(URLS, URLS, (url, other) => {
        fc.pre(url !== other);
        return !trusts(trustedEndpointRegex(url), other);
      }),
    );
  });

  it("matches no URL that differs in one character, has one more or one less", () => {
    fc.assert(
      fc.property(URLS, fc.nat(), fc.string({ minLength: 1, maxLength: 1 }), (url, n, character) => {
        const at = n % url.length;
        const changed = url.slice(0, at) + character + url.slice(at + 1);
        const longer = url.slice(0, at) + character + url.slice(at);
        const shorter = url.slice(0, at) + url.slice(at + 1);
        const regex = trustedEndpointRegex(url);
        fc.pre(changed !== url);
        return !trusts(regex, changed) && !trusts(regex, longer) && !trusts(regex, shorter);
      }),
    );
  });

  it("keeps to the server's 256 characters", () => {
    const longest = `http://h/${"a".repeat(245)}`;
    expect(trustedEndpointRegex(longest)).toHaveLength(256);
    expect(() => trustedEndpointRegex(`${longest}a`)).toThrow(
      new ProgramError(`The URL ${longest}a makes a trust regex of 257 characters; the server takes 256 at most.`),
    );
  });
});

describe("promptText", () => {
  it("leaves ordinary text alone", () => {
    expect(promptText('A "quoted" $5 {brace}\n')).toBe('A "quoted" $5 {brace}\n');
  });

  it("leaves nothing for the server to expand", () => {
    expect(promptText("a ${parameters.model} b ${credential.x}")).toBe(
      "a $\u2060{parameters.model} b $\u2060{credential.x}",
    );
    fc.assert(
      fc.property(fc.array(fc.constantFrom("$", "{", "}", "parameters.", "x", "${")), (parts) => {
        return !promptText(parts.join("")).includes("${");
      }),
    );
  });

  it("keeps what begins like JSON from being taken for it", () => {
    expect(promptText('{"a":1}')).toBe('\u2060{"a":1}');
    expect(promptText(' \n["a","b"]')).toBe('\u2060 \n["a","b"]');
    expect(promptText('"quoted" {}')).toBe('"quoted" {}');
  });

  it("shows the same text to a reader", () => {
    expect(promptText("${x}").replaceAll("\u2060", "")).toBe("${x}");
  });
});
