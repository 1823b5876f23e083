import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SkippedFile, SourceDocument } from "../../../rag/documents";
import { documentsOfOthers, type IndexedPassage, type OthersPolicy, planIngest } from "../../../rag/ingest-plan";

const document = (source: string, text: string): SourceDocument => ({
  source,
  text,
  hash: createHash("sha256").update(text).digest("hex"),
});

const twoParts = "# T\n\n## A\n\none\n\n## B\n\ntwo";

function plan(
  documents: SourceDocument[],
  indexed: IndexedPassage[] = [],
  more: { skipped?: SkippedFile[]; others?: OthersPolicy; model?: string; root?: string } = {},
) {
  const { skipped = [], others = "mirror", model: embeddingModel = "m", root = "/a" } = more;
  return planIngest({ documents, skipped }, indexed, { root, embeddingModel, others });
}

const indexedAfter = (documents: SourceDocument[], root?: string) => [...plan(documents, [], { root }).write];

/** As earlier releases wrote them: no folder, ids by the path alone, hashes of the first way of cutting. */
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const rootless = (documents: SourceDocument[]): IndexedPassage[] =>
  documents.map(({ source, hash }) => ({
    id: `${sha256(source).slice(0, 32)}-0`,
    source,
    sourceHash: sha256(JSON.stringify([hash, 1, "m"])),
  }));
const sources = (passages: readonly { readonly source: string }[]) => passages.map(({ source }) => source);

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
    expect(plan(documents, indexedAfter(documents))).toEqual({
      write: [],
      remove: [],
      unchanged: 2,
      blank: [],
      passages: 3,
      staying: [],
    });
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
    expect(plan(now, before, { others: "keep" }).remove).toEqual([]);
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

  it("leaves alone what could not be looked at now, and removes what is empty or gone", () => {
    const before = indexedAfter([
      document("a.md", "one"),
      document("c/b.md", "two"),
      document("d.md", "three"),
      document("f/g.md", "four"),
      document("f.md", "five"),
    ]);
    const skipped = [
      { source: "a.md", reason: "EACCES", unread: true },
      { source: "c/", reason: "is a symbolic link to a folder", unread: true },
      { source: "f", reason: "is a broken symbolic link", unread: true },
      { source: "d.md", reason: "is empty", unread: false },
    ];
    expect(sources(plan([document("e.md", "x")], before, { skipped }).remove)).toEqual(["d.md", "f.md"]);
  });

  it("tells a document without text, whose passages of before go", () => {
    const before = indexedAfter([document("a.md", "one")]);
    const { blank, remove, unchanged } = plan([document("a.md", "<!-- one -->\n")], before);
    expect([blank, sources(remove), unchanged]).toEqual([["a.md"], ["a.md"], 0]);
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

describe("two folders in one index", () => {
  const readme = document("README.md", "ours");
  const theirs = indexedAfter([document("README.md", "theirs"), document("more.md", "more")], "/b");

  it("have a document of the same path each, and neither overwrites the other's", () => {
    const { write, remove, staying } = plan([readme], theirs);
    expect([write.length, remove]).toEqual([1, []]);
    expect(theirs.map(({ id }) => id)).not.toContain(write[0]?.id);
    expect(staying).toEqual([
      { root: "/b", source: "README.md" },
      { root: "/b", source: "more.md" },
    ]);
  });

  it("lose only what is gone from the folder that is ingested", () => {
    const before = [...indexedAfter([readme, document("old.md", "old")]), ...theirs];
    const { write, remove, unchanged } = plan([readme], before);
    expect([write, unchanged, remove.map(({ root, source }) => [root, source])]).toEqual([[], 1, [["/a", "old.md"]]]);
  });

  it("are one after --replace, except what could not be looked at", () => {
    const before = [...indexedAfter([readme, document("locked.md", "x")]), ...theirs];
    const skipped = [{ source: "locked.md", reason: "EACCES", unread: true }];
    expect(sources(plan([readme], before, { others: "replace", skipped }).remove)).toEqual(["README.md", "more.md"]);
  });

  it("are told apart before anything is written: all that is there is another's", () => {
    const target = { root: "/a", embeddingModel: "m", others: "mirror" } as const;
    expect(sources(documentsOfOthers([readme], theirs, target))).toEqual(["README.md", "more.md"]);
    expect(documentsOfOthers([readme], [...theirs, ...indexedAfter([document("old.md", "old")])], target)).toEqual([]);
    expect(documentsOfOthers([readme], [], target)).toEqual([]);
  });
});

describe("what an earlier release wrote, without a folder", () => {
  const same = document("same.md", "same");
  const before = rootless([same, document("changed.md", "before"), document("gone.md", "gone")]);
  const now = [same, document("changed.md", "after")];
  const target = { root: "/a", embeddingModel: "m", others: "mirror" } as const;

  it("is taken over where path and text are the same; the rest stays, and is named", () => {
    const { write, remove, staying } = plan(now, before);
    expect([sources(write), sources(remove)]).toEqual([["same.md", "changed.md"], ["same.md"]]);
    expect(remove.every(({ id }) => !write.some((passage) => passage.id === id))).toBe(true);
    expect(sources(staying)).toEqual(["changed.md", "gone.md"]);
  });

  it("is taken over with --keep too, so that nothing is there twice", () => {
    expect(sources(plan(now, before, { others: "keep" }).remove)).toEqual(["same.md"]);
  });

  it("goes with --replace", () => {
    expect(sources(plan(now, before, { others: "replace" }).remove)).toEqual(["same.md", "changed.md", "gone.md"]);
  });

  it("is another folder's where no path has the same text", () => {
    expect(documentsOfOthers(now, before, target)).toEqual([]);
    expect(sources(documentsOfOthers([document("same.md", "other")], before, target))).toEqual(sources(before));
  });
});
