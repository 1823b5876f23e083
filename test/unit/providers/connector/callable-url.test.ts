import { describe, expect, it } from "vitest";
import { callableProblem } from "../../../../providers/connector/callable-url";

const host = (text: string) =>
  `has the host ${JSON.stringify(text)}, which OpenSearch cannot read: letters, digits, hyphens and dots, the last part beginning with a letter, then perhaps a port; or an IP address`;
const sign = (text: string) =>
  `holds ${JSON.stringify(text)}, which OpenSearch refuses in a URL: write it percent-encoded`;

describe("a URL that OpenSearch is to call", () => {
  it.each([
    "http://ollama:11434/api/chat",
    "HTTP://OLLAMA/x",
    "http://h?x=y",
    "http://h/?a[]=1",
    "http://h/%41;b=c,d'(*)!~",
    "http://h/b\u00fcch",
    "http://h./x",
    "http://1.2.3.4:80/x",
    "http://[::1]:11434/x",
    "https://name.openai.azure.com/openai/deployments/gpt/chat/completions?api-version=2024-10-21",
  ])("%s is read by Java's URI as by us", (url) => expect(callableProblem(url)).toBeUndefined());

  it.each([
    ["ollama:11434", "must begin with http:// or https://"],
    ["http://my_ollama:11434/api/chat", host("my_ollama:11434")],
    ["http://b\u00fccher.de/a", host("b\u00fccher.de")],
    ["http://a-.b/x", host("a-.b")],
    ["http://-a/x", host("-a")],
    ["http://h.1/x", host("h.1")],
    ["http://999.1.1.1/x", host("999.1.1.1")],
    ["http://h:99999/x", host("h:99999")],
    ["http:///x", host("")],
    ["http://a..b/x", host("a..b")],
    ["http://h h/x", host("h h")],
    ["http://h\n/x", host("h\n")],
    ["http://h/a b", sign(" ")],
    ["http://h/a|b", sign("|")],
    ["http://h/%zz", sign("%")],
    ["http://h/{x}", sign("{")],
    ["http://h/a[1]", sign("[")],
    ["http://h/a\\b", sign("\\")],
    ["http://h/\u00a0", sign("\u00a0")],
    ["http://h?a=b c", sign(" ")],
    ["http://h/a#f", "holds #, and nothing after it is ever sent"],
  ])("%j can never be called: %s", (url, problem) => expect(callableProblem(url)).toBe(problem));
});
