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

  it("keep the words of the front matter with the first text", () => {
    expect(markdownSections("---\nNote: closed.\n---\nText.", "name")).toEqual([
      { path: ["name"], body: "Note: closed.\n\nText." },
    ]);
    expect(markdownSections("---\ntitle: Front\n---\n# T\n\nOne.\n\n## Part\n\nTwo.", "name")).toEqual([
      { path: ["T"], body: "title: Front\n\n\nOne.\n" },
      { path: ["T", "Part"], body: "\nTwo." },
    ]);
    expect(markdownSections("---\ntitle: Front\ndescription: All of it.\n---\n", "name")).toEqual([
      { path: ["Front"], body: "title: Front\ndescription: All of it." },
    ]);
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

  it("keep a text between two rules at the top, which is no front matter", () => {
    expect(markdownSections("---\n\nWelcome.\n\n---\n\nText.", "name")).toEqual([
      { path: ["name"], body: "---\n\nWelcome.\n\n---\n\nText." },
    ]);
  });

  it("leave comments out, of a line and of many, but not what only looks like one", () => {
    const bodies = (text: string) => markdownSections(text, "name").map(({ body }) => body);
    expect(bodies("<!-- TODO\n\n# no heading\n\n-->\nOne.")).toEqual(["\nOne."]);
    expect(bodies("One <!-- two --> three.")).toEqual(["One  three."]);
    expect(bodies("One <!--> two --> three <!---> four.")).toEqual(["One  two --> three  four."]);
    expect(bodies("# T <!-- two -->\n\nOne.")).toEqual(["\nOne."]);
    for (const shown of [
      "`<!-- a -->` begins a comment.",
      "```html\n<!-- a -->\n```",
      "    <!-- a -->",
      "Text \\<!-- a --> more.",
      "<!-- without an end\n\nText.",
      "Text <!-- without an end.",
      "<script>\nlet a = '<!-- b -->';\n</script>",
    ]) {
      expect(bodies(shown)).toEqual([shown]);
    }
  });

  it("take three backticks that are indented by four for code, and what follows them for text", () => {
    expect(paths("# T\n\nAs in:\n\n    ```\n\n## Part\n\nText.")).toEqual(["T", "T > Part"]);
    expect(paths("# T\n\n- item\n\n  ```sh\n  # comment\n  ```\n\n## Part\n\nText.")).toEqual(["T", "T > Part"]);
    expect(paths("# T\n\n````\n```\n# code\n````\n\n## Part\n\nText.")).toEqual(["T", "T > Part"]);
  });

  it("take no heading in a quote or in a list for one of the document", () => {
    expect(paths("# T\n\n> ## Quoted\n> text\n\n- ## Listed\n")).toEqual(["T"]);
  });

  it("keep the source of a heading whose title would not tell everything", () => {
    expect(markdownSections("# See [ships](https://example.com/alke)\n\nText.", "name")).toEqual([
      { path: ["See ships"], body: "# See [ships](https://example.com/alke)\n\nText." },
    ]);
  });

  it("take a paragraph that somebody drew a line under for a paragraph", () => {
    const long = `${"word ".repeat(60)}end`;
    expect(markdownSections(`${long}\n---\nText.`, "name")).toEqual([{ path: ["name"], body: `${long}\n---\nText.` }]);
  });
});
