import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutToFit } from "../../../rag/cut";
import { splitDocument } from "../../../rag/passages";
import { compact, estimateTokens } from "../../../rag/tokens";

/** Words with their sentence, line and paragraph ends, as documents have them. */
const prose = fc
  .array(fc.tuple(fc.stringMatching(/^[a-zäöü]{1,30}$|^\d{1,8}$/), fc.constantFrom(" ", ". ", "\n", "\n\n")), {
    maxLength: 200,
  })
  .map((parts) => parts.map(([word, end]) => word + end).join(""));

const wordsOf = (text: string) => text.match(/[\p{L}\p{N}]+/gu) ?? [];

describe("estimated tokens", () => {
  it("are at least one a word, and one a sign", () => {
    expect(estimateTokens("the cat sat.")).toBe(4);
    expect(estimateTokens("1234567")).toBe(8);
    expect(estimateTokens("日本語")).toBe(6);
  });

  it("of a drawn line are one, and compacting takes the line out of what is embedded", () => {
    expect(estimateTokens("----------")).toBe(1);
    expect(compact("| ---------- | a    b |")).toBe("| - | a b |");
  });

  it("of two texts are never fewer than of both together", () => {
    const signs = fc.string({ unit: fc.constantFrom(..."abAB12 \n-=ä日😀.") });
    const text = fc.oneof(signs, fc.string({ unit: "grapheme" }));
    fc.assert(
      fc.property(text, text, fc.boolean(), (a, b, english) => {
        const both = estimateTokens(a + b, english);
        expect(estimateTokens(a, english) + estimateTokens(b, english)).toBeGreaterThanOrEqual(both);
      }),
    );
  });
});

describe("cutting", () => {
  it("keeps every character, and no piece is longer than it may be", () => {
    const text = fc.oneof(prose, fc.string({ unit: "grapheme", maxLength: 300 }));
    fc.assert(
      fc.property(text, fc.integer({ min: 4, max: 60 }), (whole, most) => {
        const pieces = cutToFit(whole, most);
        expect(pieces.join("")).toBe(whole);
        for (const piece of pieces) expect(estimateTokens(piece)).toBeLessThanOrEqual(most);
      }),
    );
  });

  it("prefers ends of paragraphs to ends of sentences, and those to spaces", () => {
    expect(cutToFit("One two. Three.\n\nFour five six.", 11)).toEqual(["One two. Three.\n\n", "Four five six."]);
    expect(cutToFit("One two. Three four.", 6)).toEqual(["One two. ", "Three four."]);
    expect(cutToFit("one two three", 4)).toEqual(["one two ", "three"]);
  });
});

describe("passages", () => {
  it("are never longer than allowed, overlap included", () => {
    fc.assert(
      fc.property(prose, fc.integer({ min: 8, max: 80 }), fc.integer({ min: 0, max: 20 }), (text, most, overlap) => {
        for (const passage of splitDocument("a.md", text, {
          maxTokens: most,
          overlapTokens: Math.min(overlap, most - 1),
        })) {
          expect(estimateTokens(passage.text)).toBeLessThanOrEqual(most);
        }
      }),
    );
  });

  it("lose no word, in Markdown and in plain text", () => {
    fc.assert(
      fc.property(prose, fc.constantFrom("a.md", "a.txt"), (text, source) => {
        const limits = { maxTokens: 20, overlapTokens: 0 };
        const joined = splitDocument(source, text, limits).map((passage) => passage.text);
        // A long word may be cut in two, so letters are compared.
        expect(wordsOf(joined.join(" ")).join("")).toBe(wordsOf(text).join(""));
      }),
    );
  });

  it("are numbered from 0 without a gap, and the same text gives the same passages", () => {
    fc.assert(
      fc.property(prose, (text) => {
        const passages = splitDocument("a.md", text, { maxTokens: 12, overlapTokens: 3 });
        expect(passages.map(({ position }) => position)).toEqual(passages.map((_, at) => at));
        expect(splitDocument("a.md", text, { maxTokens: 12, overlapTokens: 3 })).toEqual(passages);
      }),
    );
  });

  it("of one section repeat the end of the one before", () => {
    const passages = splitDocument("a.md", "# T\n\nOne two three. Four five.\n\nSix seven eight nine.", {
      maxTokens: 25,
      overlapTokens: 8,
    });
    expect(passages[1]?.text.startsWith("Four five.")).toBe(true);
    expect(passages[1]?.text).toContain("Six seven eight nine.");
  });

  it("carry the headings above them, and begin anew at each heading", () => {
    const text = "Before.\n\n# Ship\n\n## Deck\n\nWash it.\n\n### Bow\n\nPaint it.\n\n## Galley\n\nCook.\n";
    expect(splitDocument("notes/my-ship.md", text)).toEqual([
      { title: "Ship", text: "Before.", position: 0 },
      { title: "Ship > Deck", text: "Wash it.", position: 1 },
      { title: "Ship > Deck > Bow", text: "Paint it.", position: 2 },
      { title: "Ship > Galley", text: "Cook.", position: 3 },
    ]);
  });

  it("keep a code block whole where it fits, blank lines and all", () => {
    const code = "```sh\none\n\ntwo\n```";
    const passages = splitDocument("a.md", `Some words before it that fill the room.\n\n${code}\n`, {
      maxTokens: 14,
      overlapTokens: 0,
    });
    expect(passages.map((passage) => passage.text)).toEqual(["Some words before it that fill the room.", code]);
  });

  it("of a plain text file take its name for the title, and no line for a heading", () => {
    for (const source of ["a/read_me.txt", "a/read_me.TXT", "a/read_me.Txt"]) {
      expect(splitDocument(source, "# Not a heading\n")).toEqual([
        { title: "read me", text: "# Not a heading", position: 0 },
      ]);
    }
  });
});
