import { describe, expect, it } from "vitest";
import { openSearch } from "../../clients/opensearch/connect";
import { bulk, refresh, scan, search } from "../../clients/opensearch/documents";
import { createIndex } from "../../clients/opensearch/indices";
import { eachInItsOwnWorld } from "./lifecycle-support";

const world = eachInItsOwnWorld();

describe("a scan of an index", () => {
  it("shows every document once, over several pages", { timeout: 30_000 }, async () => {
    const server = openSearch(world().connection);
    const properties = { source: { type: "keyword" }, position: { type: "integer" }, root: { type: "keyword" } };
    await createIndex(server, "many", { mappings: { properties }, settings: {} });
    const documents = Array.from({ length: 2_500 }, (_, at) => ({
      id: `d${at}`,
      // Pairs that only their folder tells apart, which half of them lack.
      document: {
        source: "s",
        position: Math.floor(at / 2),
        more: "not shown",
        ...(at % 2 === 0 ? { root: "r" } : {}),
      },
    }));
    expect(await bulk(server, "many", documents)).toEqual([]);
    await refresh(server, "many");
    const seen: string[] = [];
    for await (const { id, source } of scan(server, "many", ["source", "position", "root", "nowhere"], ["source"])) {
      expect(Object.keys(source)).toEqual(["source"]);
      seen.push(id);
    }
    expect(seen).toHaveLength(2_500);
    expect(new Set(seen).size).toBe(2_500);
  });
});

describe("a search for a least number of words", () => {
  const found = async (query: string) => {
    const server = openSearch(world().connection);
    const properties = { text: { type: "text" }, title: { type: "text" } };
    await createIndex(server, "told", { mappings: { properties }, settings: {} });
    await bulk(server, "told", [
      { id: "both in one field", document: { title: "Storm", text: "Strong wind in the harbour." } },
      { id: "one in each field", document: { title: "Harbour", text: "The wind turns." } },
      { id: "one", document: { title: "Storm", text: "No wind." } },
    ]);
    await refresh(server, "told");
    const match = { query, fields: ["text", "title^2"], minimum_should_match: 2 };
    const { hits } = await search(server, "told", { query: { multi_match: match } });
    return hits.map(({ id }) => id);
  };

  it("finds what has so many of them in one field", async () => {
    expect(await found("wind harbour rain")).toEqual(["both in one field"]);
  });

  it("takes one word for enough where there is no other", async () => {
    expect((await found("harbour")).toSorted()).toEqual(["both in one field", "one in each field"]);
  });
});

describe("a bulk request", () => {
  it("gives the server's reason for each document that it refuses, and writes the others", async () => {
    const server = openSearch(world().connection);
    await createIndex(server, "typed", { mappings: { properties: { n: { type: "integer" } } }, settings: {} });
    const refused = await bulk(server, "typed", [
      { id: "good", document: { n: 1 } },
      { id: "bad", document: { n: "many" } },
      { id: "gone" },
    ]);
    expect(refused).toEqual([
      {
        id: "bad",
        status: 400,
        type: "mapper_parsing_exception",
        reason:
          "failed to parse field [n] of type [integer] in document with id 'bad'. Preview of field's value: 'many': For input string: \"many\"",
      },
    ]);
  });
});
