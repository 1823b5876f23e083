import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SkippedFile, SourceDocument } from "../../../rag/documents";
import { type IndexedPassage, planIngest } from "../../../rag/ingest-plan";

const document = (source: string, text: string): SourceDocument => ({
  source,
  text,
  hash: createHash("sha256").update(text).digest("hex"),
});

const twoParts = "# T\n\n## A\n\none\n\n## B\n\ntwo";

function plan(
  documents: SourceDocument[],
  indexed: IndexedPassage[] = [],
  more: { skipped?: SkippedFile[]; keep?: boolean; model?: string } = {},
) {
  return planIngest({ documents, skipped: more.skipped ?? [] }, indexed, more.model ?? "m", more.keep ?? false);
}

const indexedAfter = (documents: SourceDocument[]) => [...plan(documents).write];

describe("the plan of an ingestion", () => {
  it("writes everything into an empty index", () => {
    const { write, remove, unchanged, passages } = plan([document("a.md", twoParts), document("b.md", "three")]);
    expect(write.map(({ source, position, text }) => [source, position, text])).toEqual([
      ["a.md", 0, "one"],
      ["a.md", 1, "two"],
      ["b.md", 0, "three"],
    ]);
    expect([remove, unchanged, passages]).toEqual([[], 0, 3]);
  });

  it("changes nothing the second time", () => {
    const documents = [document("a.md", twoParts), document("b.md", "three")];
    expect(plan(documents, indexedAfter(documents))).toEqual({ write: [], remove: [], unchanged: 2, passages: 3 });
  });

  it("writes a changed document whole, under the same ids, and removes what it lost at its end", () => {
    const before = indexedAfter([document("a.md", twoParts), document("b.md", "three")]);
    const { write, remove, unchanged } = plan(
      [document("a.md", "# T\n\n## A\n\nother"), document("b.md", "three")],
      before,
    );
    expect(write.map(({ id, text }) => [id, text])).toEqual([[before[0]?.id, "other"]]);
    expect(remove.map(({ id }) => id)).toEqual([before[1]?.id]);
    expect(unchanged).toBe(1);
  });

  it("removes the passages of a document that is gone, or keeps them if told to", () => {
    const before = indexedAfter([document("a.md", twoParts), document("b.md", "three")]);
    const now = [document("b.md", "three")];
    expect(plan(now, before).remove.map(({ source }) => source)).toEqual(["a.md", "a.md"]);
    expect(plan(now, before, { keep: true }).remove).toEqual([]);
  });

  it("writes a document again whose ingestion was interrupted", () => {
    const documents = [document("a.md", twoParts)];
    const [first] = indexedAfter(documents);
    expect(plan(documents, first ? [first] : []).write).toHaveLength(2);
  });

  it("writes everything again for another embedding model", () => {
    const documents = [document("a.md", twoParts)];
    expect(plan(documents, indexedAfter(documents), { model: "other" }).write).toHaveLength(2);
  });

  it("leaves alone what could not be looked at now, and removes what is skipped for good", () => {
    const before = indexedAfter([document("a.md", "one"), document("c/b.md", "two"), document("d.md", "three")]);
    const skipped = [
      { source: "a.md", reason: "EACCES", unread: true },
      { source: "c/", reason: "EACCES", unread: true },
      { source: "d.md", reason: "is empty", unread: false },
    ];
    expect(plan([document("e.md", "x")], before, { skipped }).remove.map(({ source }) => source)).toEqual(["d.md"]);
  });

  it("gives every passage an id of its own", () => {
    const documents = fc.uniqueArray(
      fc.tuple(fc.stringMatching(/^[a-z/]{1,8}$/), fc.stringMatching(/^[a-z \n#]{1,200}$/)),
      { selector: ([source]) => source, maxLength: 8 },
    );
    fc.assert(
      fc.property(documents, (given) => {
        const ids = plan(given.map(([source, text]) => document(source, text))).write.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
      }),
    );
  });
});
