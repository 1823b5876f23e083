import { describe, expect, it } from "vitest";
import { markdownSections } from "../../../rag/sections";

const paths = (text: string) => markdownSections(text, "name").map(({ path }) => path.join(" > "));

describe("sections of Markdown", () => {
  it("take the first heading of the first level for the document's title", () => {
    expect(paths("Intro.\n\n# Title\n\nText.\n\n## Part\n\nMore.")).toEqual(["Title", "Title", "Title > Part"]);
  });

  it("take the front matter's title, then the file's name, where there is no such heading", () => {
    expect(paths('---\ntitle: "Front"\ntags: [a]\n---\n\n## Part\n\nText.')).toEqual(["Front > Part"]);
    expect(paths("## Part\n\nText.")).toEqual(["name > Part"]);
  });

  it("leave the front matter out of the text", () => {
    expect(markdownSections("---\na: 1\n---\nText.", "name")).toEqual([{ path: ["name"], body: "Text." }]);
  });

  it("take no line of a code block for a heading", () => {
    expect(paths("# T\n\n```sh\n# a comment\n```\n\n~~~\n# another\n```\n# still code\n~~~\n")).toEqual(["T"]);
  });

  it("know underlined headings, and tell them from rules and lists", () => {
    expect(paths("Title\n=====\n\nPart\n----\n\nText.")).toEqual(["Title > Part"]);
    expect(paths("# T\n\nText.\n\n---\n\n- a list\n---\n\nMore.")).toEqual(["T"]);
  });

  it("read headings without their markup", () => {
    expect(paths("# The `run` of [Pulumi](https://example.com) *now* ##\n\nText.")).toEqual(["The run of Pulumi now"]);
  });

  it("keep a heading that has nothing below it as a text", () => {
    expect(markdownSections("# T\n\n## Empty\n\n## Full\n\nText.\n\n## Last", "name")).toEqual([
      { path: ["T", "Empty"], body: "Empty" },
      { path: ["T", "Full"], body: "\nText.\n" },
      { path: ["T", "Last"], body: "Last" },
    ]);
  });

  it("leave out a deeper heading's path when a higher one comes", () => {
    expect(paths("# T\n## A\n### B\nb\n## C\nc\n# U\nu")).toEqual(["T > A > B", "T > C", "U"]);
  });
});
