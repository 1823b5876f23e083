import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { autoIndexName, isIndexName } from "../../../../providers/search-index/name";

const urn = (name: string) => `urn:pulumi:dev::chat::pulumi-nodejs:dynamic/ollamachat:SearchIndex::${name}`;

describe("the name of an index", () => {
  it.each(["articles", "a", "a.b-c_d+e", "0", ".hidden", "bücher"])("may be %j", (name) => {
    expect(isIndexName(name)).toBe(true);
  });

  it.each([
    "",
    ".",
    "..",
    "A",
    "a b",
    "a,b",
    "a*",
    "a/b",
    "a\\b",
    "a#b",
    "a:b",
    'a"b',
    "_a",
    "-a",
    "+a",
    "ä".repeat(128),
  ])("may not be %j", (name) => {
    expect(isIndexName(name)).toBe(false);
  });

  it("is made of the resource's and eight digits of its owner", () => {
    expect(autoIndexName(urn("Rag_Passages"))).toMatch(/^rag_passages-[0-9a-f]{8}$/);
    expect(autoIndexName(urn("_."))).toMatch(/^index-[0-9a-f]{8}$/);
  });

  it("is one that the server takes, whatever the resource is called", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 400 }), (name) => isIndexName(autoIndexName(urn(name)))),
    );
  });

  it("differs for two resources", () => {
    expect(autoIndexName(urn("a"))).not.toBe(autoIndexName(urn("A")));
  });
});
