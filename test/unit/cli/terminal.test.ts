import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { harmless, harmlessName } from "../../../cli/terminal/harmless";
import { table } from "../../../cli/terminal/table";
import { cutToWidth, displayWidth } from "../../../cli/terminal/width";
import { Wrapper, wrapped } from "../../../cli/terminal/wrap";

describe("displayWidth", () => {
  it.each([
    ["plain", 5],
    ["\u001b[31mred\u001b[39m", 3],
    ["日本", 4],
    ["e\u0301", 1],
    ["👍🏽", 2],
    ["a\u2060b", 2],
  ])("of %j is %i columns", (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });

  it("cuts to a width with a mark of what is missing", () => {
    expect(cutToWidth("abcdef", 4)).toBe("abc…");
    expect(cutToWidth("日本語", 4)).toBe("日…");
    expect(cutToWidth("abc", 3)).toBe("abc");
  });
});

describe("wrapping", () => {
  it("breaks between words, and a list goes on below its own text", () => {
    expect(wrapped("one two three four", 9)).toBe("one two\nthree\nfour");
    expect(wrapped("- alpha beta gamma", 12)).toBe("- alpha beta\n  gamma");
    expect(wrapped("12. alpha beta gamma", 14)).toBe("12. alpha beta\n    gamma");
  });

  it("leaves fenced code, blank lines and short lines as they are", () => {
    const text = "a b\n\n```\nlet x = 1; // much longer than the line\n```\nend";
    expect(wrapped(text, 10)).toBe(text);
  });

  it("does not break without columns", () => {
    expect(wrapped("x ".repeat(200), undefined)).toBe("x ".repeat(200));
  });

  const texts = fc.array(fc.constantFrom("word", " ", "\n", "日本", "- ", "```", "longer-word")).map((p) => p.join(""));

  it("says the same words however the text comes in pieces", () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 5 }), (text, size) => {
        const wrapper = new Wrapper(20);
        let out = "";
        const characters = [...text];
        for (let i = 0; i < characters.length; i += size) out += wrapper.add(characters.slice(i, i + size).join(""));
        out += wrapper.end();
        expect(out).toBe(wrapped(text, 20));
        expect(out.replaceAll(/\s+/g, "")).toBe(text.replaceAll(/\s+/g, ""));
      }),
    );
  });

  it("keeps to the width wherever words allow it", () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { maxLength: 40 }), (words) => {
        for (const line of wrapped(words.join(" "), 20).split("\n")) expect(line.length).toBeLessThanOrEqual(20);
      }),
    );
  });
});

describe("a table", () => {
  const columns = [
    { title: "NAME", cut: true },
    { title: "SIZE", align: "right" as const },
  ];

  it("aligns by what shows: texts to the left, numbers to the right", () => {
    const rows = [
      ["日本", "98 MB"],
      ["smollm2", "1 kB"],
    ];
    expect(table(columns, rows)).toBe("NAME      SIZE\n日本     98 MB\nsmollm2   1 kB");
  });

  it("cuts a column that may be cut to stay within the terminal", () => {
    expect(table(columns, [["a-very-long-name", "98 MB"]], { columns: 14 })).toBe("NAME      SIZE\na-very…  98 MB");
  });

  it("gives colours after the widths are settled", () => {
    const styled = [{ title: "NAME", style: (cell: string) => `<${cell}>` }, { title: "X" }];
    expect(table(styled, [["a", "1"]])).toBe("NAME  X\n<a>     1");
  });
});

describe("harmless", () => {
  it("takes out what steers a terminal and keeps lines and tabs", () => {
    expect(harmless("a\u001b]52;c;aGk=\u0007b\tc\nd\u009b2Je\r")).toBe("a]52;c;aGk=b\tc\nd2Je");
  });

  it("keeps a name on its line, and its letters in their order", () => {
    expect(harmlessName("a\nerror: b\r\u2028\u202etxt.md\u001b[1m\tü")).toBe("a\u23ceerror: btxt.md[1mü");
  });
});
