import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readDocuments } from "../../../rag/documents";
import { splitDocument } from "../../../rag/passages";

/** Stands where the generated documents have a word. */
const WORD = "@";

/** What documents hold, well formed or not. None is a comment with an end: those are left out. */
const CONSTRUCTS = [
  "---\n@: @ @\n---",
  '+++\n@ = "@"\n+++',
  "@ @ @.",
  "@ @\n@ @",
  "# @",
  "## @ @ ##",
  "####### @",
  "#",
  "@\n===",
  "@ @\n---",
  "@\n@\n-",
  "---",
  "***",
  "---\n@ @\n---",
  "---\n\n@: @\n\n---",
  "---\n# @\n---",
  "+++\n@\n+++",
  "+++",
  "...",
  "```\n@\n\n# @\n```",
  "```@\n@",
  "~~~@\n```\n@\n~~~",
  "    ```\n    @",
  "\t@",
  "````\n```\n@\n````",
  "``@",
  "`@` @ `` ` @ ``",
  "- @\n\n  ```\n  @\n  ```\n- # @",
  "1. @\n   - @\n     @",
  "> # @\n> @\n@",
  "| @ | @ |\n| --- | --- |\n| @ | @ |",
  "[@](https://@.example/@ '@') ![@](@)",
  "# [@](https://@.example) ![@](@.png) <https://@.example>",
  "[@]: https://@.example '@'",
  "[^@]: @",
  "<div>@</div>",
  "<div\n@",
  "<!-- @",
  "<@> &@; &amp; @",
  "# &@; <b>@</b>",
  "\\# @\\\n@",
  "<pre>\n@\n\n@</pre>",
  "<script>\n@",
  "<?@",
  "<![CDATA[@",
  "@ ".repeat(90),
  `# ${"@ ".repeat(30)}`,
  `${"@ ".repeat(30)}\n===`,
  "@\u2028@\u0085@\u00a0@\u200b",
  "@\f@\v@",
  "",
];

const words = fc.stringMatching(/^(?:[a-z]{2,9}|[żółß]{2,5}|[жщю]{2,5}|[语言漢字]{1,4}|ไทย|\d{1,6}|e\u0301a)$/u);
const document = fc
  .array(fc.tuple(fc.constantFrom(...CONSTRUCTS), fc.constantFrom("\n", "\n\n", "\n\n\n", "\n  \n")), { maxLength: 14 })
  .map((parts) => parts.map((part) => part.join("")).join(""))
  .chain((shape) =>
    fc.array(words, { minLength: 40, maxLength: 40 }).map((own) => {
      let at = 0;
      // Each word is another one, so that none is found by chance.
      return shape.replaceAll(WORD, () => `${own[at++ % own.length]}${at}x`);
    }),
  );
const encoding = fc.constantFrom(
  (text: string) => Buffer.from(text),
  (text: string) => Buffer.from(`\ufeff${text}`),
  (text: string) => Buffer.from(text.replaceAll("\n", "\r\n")),
  (text: string) => Buffer.from(text.replaceAll("\n", "\r")),
  (text: string) => Buffer.from(`\ufeff${text}`, "utf16le"),
  (text: string) => Buffer.from(`\ufeff${text}`, "utf16le").swap16(),
  (text: string) => Buffer.from(text, "latin1"),
  (text: string) => Buffer.from(text, "utf16le"),
);
const name = fc.constantFrom("a.md", "A.MD", "a.markdown", "a.txt", "a.TXT", "README.Md");
const wordsOf = (text: string) => text.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];

describe("every word of a file that can be read", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "every-word-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("stands in a passage or its title, or the file is named with the reason", async () => {
    await fc.assert(
      fc.asyncProperty(document, encoding, name, async (text, encode, file) => {
        const path = join(folder, file);
        writeFileSync(path, encode(text));
        const { documents, skipped } = await readDocuments(folder);
        rmSync(path);
        expect(documents.length + skipped.length).toBe(1);
        for (const { reason } of skipped) expect(reason).not.toBe("");
        for (const { source, text: read } of documents) {
          const told = new Set(
            splitDocument(source, read).flatMap((passage) => wordsOf(`${passage.title} ${passage.text}`)),
          );
          expect(wordsOf(read).filter((word) => !told.has(word))).toEqual([]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("stands in one, whatever signs a text is made of", () => {
    const text = fc
      .string({ unit: "binary", maxLength: 400 })
      .filter((each) => !/<!--[\s\S]*-->|^(?:---|\+\+\+)/.test(each));
    fc.assert(
      fc.property(text, name, (whole, source) => {
        const told = splitDocument(source, whole)
          .map((passage) => `${passage.title} ${passage.text}`)
          .join(" ");
        const found = new Set(wordsOf(told));
        expect(wordsOf(whole).filter((word) => !found.has(word) && !told.includes(word))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
