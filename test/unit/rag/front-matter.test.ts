import { describe, expect, it } from "vitest";
import { frontMatter } from "../../../rag/front-matter";

describe("front matter", () => {
  it.each([
    ["YAML", "---\ntitle: 'A: b'\ntags: [a]\n---\nText.", "A: b"],
    ["YAML with dots at its end", "---\ntitle: A\n...\nText.", "A"],
    ["YAML without a title", "---\na: 1\n---\nText.", undefined],
    ["YAML with a number for a title", "---\ntitle: 1984\n---\nText.", "1984"],
    ["YAML with a mapping for a title", "---\ntitle: {en: A}\n---\nText.", undefined],
    ["YAML that holds dashes", "---\ntitle: A\ntext: |\n  ---\n---\nText.", "A"],
    ["TOML", '+++\ntitle = "A"\n[params]\ntext = """\nlong\n"""\n+++\nText.', "A"],
    ["YAML of a text that a reader takes for prose", "---\nNote: closed on Mondays.\n---\nText.", undefined],
  ])("in %s is taken off, and kept apart", (_form, document, title) => {
    const matter = document.split("\n").slice(1, -2).join("\n");
    expect(frontMatter(document)).toEqual({ title, matter, text: "Text." });
  });

  it.each([
    ["a rule drawn above and below a text", "---\nWelcome to the harbour.\n---\nText."],
    ["a rule, a blank line, and another rule", "---\n\nNote: closed on Mondays.\n\n---\nText."],
    ["a rule above a heading", "---\n# Ship\n---\nText."],
    ["rules around a list", "---\n- one\n- two\n---\nText."],
    ["what is nearly YAML", "---\nWarning: the valve must stay shut: always\n---\nText."],
    ["rules around a link's definition", "---\n[ship]: http://example.com\n---\nText."],
    ["plus signs around a word in brackets", "+++\n[new]\n+++\nText."],
    ["two rules, and a third one further down", "---\n---\n\na: 1\n\n---\nText."],
    ["a block without an end", "---\ntitle: A\n\nText."],
    ["a rule further down", "Text.\n\n---\na: 1\n---\n"],
    ["plus signs around a text", "+++\nNew in this release\n+++\nText."],
    ["plus signs around nothing", "+++\n\n+++\nText."],
    ["TOML without an end", '+++\ntitle = "A"\n\nText.'],
  ])("is not %s", (_what, document) => {
    expect(frontMatter(document)).toEqual({ text: document });
  });
});
