import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shownVariable, valueWithoutCredentials, withoutCredentials } from "../../../clients/credentials";

describe("a text that is printed", () => {
  it.each([
    ["no answer from https://u:pw@host:9200: refused", "no answer from https://[secret]@host:9200: refused"],
    ["https://u:p/w@host/x", "https://[secret]@host/x"],
    ["https://u:p?w#1@host", "https://[secret]@host"],
    ["https://u:p@w@host", "https://[secret]@host"],
    ["http://:pw@host and tcp://token@docker:2375", "http://[secret]@host and tcp://[secret]@docker:2375"],
    ["postgres://u:pw@db/state?sslmode=off", "postgres://[secret]@db/state?sslmode=off"],
    ['Get "https://u:pw@registry/v2/": denied', 'Get "https://[secret]@registry/v2/": denied'],
    ["https://h/v1?api-version=1&api_key=abc&x=1", "https://h/v1?api-version=1&api_key=[secret]&x=1"],
    ["https://h/v1?key=abc#f", "https://h/v1?key=[secret]#f"],
    ["error: unknown option '--password=hunter2'", "error: unknown option '--password=[secret]'"],
  ])("shows %j as %j", (text, shown) => {
    expect(withoutCredentials(text)).toBe(shown);
  });

  it.each([
    "https://localhost:9200/team@example/x",
    "http://[::1]:9200/a@b",
    "ollama/ollama@sha256:0123456789abcdef",
    "run with OLLAMA_CHAT_OPENSEARCH_PASSWORD=<the one that works>",
    "Why? Because a=b; see --set tone=friendly, or mail ada@example.com",
  ])("keeps %j", (text) => {
    expect(withoutCredentials(text)).toBe(text);
  });
});

describe("a value that somebody gave", () => {
  it.each([
    ["https://u:p w@host", "https://[secret]@host"],
    ['https://u:p"w\n@host', "https://[secret]@host"],
    ["admin:hunter2@host:9200", "[secret]@host:9200"],
    ["https:/admin:hunter2@host", "[secret]@host"],
    ["https//admin:hunter2@host", "[secret]@host"],
    ["http://admin:hunter2", "http://admin:[secret]"],
    ["https://host?token=abc", "https://host?token=[secret]"],
  ])("%j is shown as %j", (value, shown) => {
    expect(valueWithoutCredentials(value)).toBe(shown);
  });

  it.each([
    "localhost:9200",
    "http://localhost:92000",
    "http://${parameters.host}:11434/api",
    "host:5000/ns/model@sha256:abcdef",
    "ada@example.com",
    "Ask: mail ada@example.com",
  ])("%j stays as it is", (value) => {
    expect(valueWithoutCredentials(value)).toBe(value);
  });

  it("no password in a URL is left, whatever it is made of", () => {
    const password = fc.string({ minLength: 6 }).filter((text) => !"@[secret]h.example:9200/x".includes(text));
    fc.assert(
      fc.property(password, fc.constantFrom("https://", "http:/", "", "HTTP://"), (text, scheme) => {
        expect(valueWithoutCredentials(`${scheme}u:x${text}@h.example:9200/x`)).not.toContain(text);
      }),
    );
  });
});

describe("a variable's name", () => {
  it("is shown where it looks like one; what may be the password itself is not", () => {
    expect(["OPENSEARCH_PASSWORD", "Hunter2", "hunter2", "X;Y"].map(shownVariable)).toEqual([
      "OPENSEARCH_PASSWORD",
      "[secret]",
      "[secret]",
      "[secret]",
    ]);
  });
});
