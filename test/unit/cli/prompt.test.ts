import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { filled, placeholdersOf } from "../../../cli/commands/prompt/prompt";
import { commandLine } from "../../support/command-line";

describe("templates", () => {
  it.each([
    ["qa", "Why?", "Question: Why?\nAnswer: "],
    ["summarize", "A text.", "Summarize this: A text.\n\nSummary: "],
    ["classify", "A text.", "Classify this: A text.\n\nCategory: "],
  ])("%s is the guide's, to the letter", async (name, text, prompt) => {
    const { code, out } = await commandLine(["prompt", name, text, "--show", "--json"]);
    expect([code, JSON.parse(out)]).toEqual([0, { prompt }]);
  });

  it("names placeholders once, in order, and neither doubled nor other braces", () => {
    expect(placeholdersOf('{b} {a} {b} {{c}} {"json": 1} { d }')).toEqual(["b", "a"]);
  });

  it("puts values in once and as they are", () => {
    expect(filled("{a} {{a}} {b}", { a: "{b} $& $1", b: "x" })).toBe("{b} $& $1 {a} x");
  });
});

describe("ollama-chat prompt", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "prompt-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const file = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const error = async (args: readonly string[], input = "") => {
    const { code, out, err } = await commandLine(["prompt", ...args], { input });
    expect(out).toBe("");
    return [code, ...err.trimEnd().split("\n")];
  };

  it("lists the templates", async () => {
    const { code, out } = await commandLine(["prompt", "--list"]);
    expect(code).toBe(0);
    expect(out).toBe(
      [
        "NAME       TEMPLATE                             FOR",
        "qa         Question: {query}\\nAnswer:           answer a question",
        "summarize  Summarize this: {text}\\n\\nSummary:   summarize a text",
        "classify   Classify this: {text}\\n\\nCategory:   put a text into a category",
        "",
      ].join("\n"),
    );
  });

  it("takes the text from words, a file or standard input", async () => {
    const shown = "Summarize this: a b\n\nSummary: \n";
    expect((await commandLine(["prompt", "summarize", "a", "b", "--show"])).out).toBe(shown);
    expect((await commandLine(["prompt", "summarize", "--file", file("t", "a b\n"), "--show"])).out).toBe(shown);
    expect((await commandLine(["prompt", "summarize", "--show"], { input: "a b\n" })).out).toBe(shown);
    expect((await commandLine(["prompt", "summarize", "-", "--show"], { input: "a b\n" })).out).toBe(shown);
  });

  it.each([
    ["--file", "The file /dev/zero, named by --file,"],
    ["--template", "The file /dev/zero, named by --template,"],
  ])("ends at a file without an end, given by %s", async (flag, what) => {
    expect(await error([...(flag === "--file" ? ["summarize"] : ["x"]), flag, "/dev/zero"])).toEqual([
      2,
      `error: ${what} holds more than 16 MiB.`,
      "  cause: No model reads that much at once. It may be the wrong file, or an endless device.",
      "  fix: Give a shorter text. For many or long documents there is ollama-chat rag ingest.",
    ]);
  });

  it("ends at an input without an end", async () => {
    expect(await error(["summarize", "-"], "x".repeat(16 * 2 ** 20 + 1))).toEqual([
      2,
      "error: Standard input holds more than 16 MiB.",
      "  cause: No model reads that much at once. It may be the wrong file, or an endless device.",
      "  fix: Give a shorter text. For many or long documents there is ollama-chat rag ingest.",
    ]);
  });

  it("fills a template of one's own, and its text placeholder from the text", async () => {
    const template = file("own", "In a {tone} voice: {text}\n");
    const args = ["prompt", "--template", template, "--set", "tone=friendly=warm", "Hello", "--show"];
    expect((await commandLine(args)).out).toBe("In a friendly=warm voice: Hello\n");
  });

  it("lists what is missing", async () => {
    const template = file("own", "{tone} {text} {language}");
    expect(await error(["--template", template, "--set", "tone=x"])).toEqual([
      2,
      "error: The template lacks values for {text}, {language}.",
      "  cause: Every placeholder needs a value before the prompt can be asked.",
      "  fix: Give a text for {text} (as an argument, by --file or piped in) and --set language=….",
    ]);
  });

  it("refuses a name that the template does not have", async () => {
    expect(await error(["--template", file("own", "{tone}"), "--set", "ton=x"])).toEqual([
      2,
      "error: The template has no {ton}.",
      "  cause: Its placeholders are: {tone}.",
      "  fix: Correct the name in --set, or put the placeholder into the template.",
    ]);
  });

  it("refuses a text that has no place, an assignment without =, and a text given twice", async () => {
    expect((await error(["--template", file("own", "Hi"), "there"]))[1]).toBe(
      "error: The template has no place for a text.",
    );
    expect((await error(["qa", "--set", "query"]))[1]).toBe("error: --set query is not of the form name=value.");
    expect((await error(["qa", "x", "--file", file("t", "y")]))[1]).toBe(
      "error: The text is given twice, as an argument and by --file.",
    );
  });

  it("names the prompts there are where the name is another, or none", async () => {
    expect(await error(["translate", "x"])).toEqual([
      2,
      'error: There is no prompt "translate".',
      "  cause: The prompts are: qa, summarize, classify.",
      '  fix: ollama-chat prompt summarize "…", or one of your own: --template FILE.',
    ]);
    expect((await error([]))[1]).toBe("error: Which prompt?");
  });

  it.each([
    ["UTF-8 with a mark", Buffer.from("\ufeffZażółć 日本")],
    ["UTF-16 as Windows writes it", Buffer.from("\ufeffZażółć 日本", "utf16le")],
    ["UTF-16 the other way round", Buffer.from("\ufeffZażółć 日本", "utf16le").swap16()],
  ])("reads a text in %s", async (_what, bytes) => {
    const path = join(folder, "bytes");
    writeFileSync(path, bytes);
    const { out } = await commandLine(["prompt", "summarize", "--file", path, "--show"]);
    expect(out).toBe("Summarize this: Zażółć 日本\n\nSummary: \n");
  });

  it.each([
    ["Latin-1", Buffer.from("caf\u00e9", "latin1"), "is neither UTF-8 nor UTF-16 text; save it as UTF-8"],
    ["a UTF-16 cut off", Buffer.from([0xff, 0xfe, 0x41]), "is neither UTF-8 nor UTF-16 text; save it as UTF-8"],
    ["what is no text", Buffer.from([0x61, 0, 0, 0x62]), "contains null characters, so it is not text"],
  ])("refuses %s by name, for the text and for the template", async (_what, bytes, reason) => {
    const path = join(folder, "bytes");
    writeFileSync(path, bytes);
    for (const [flag, more] of [
      ["--file", ["qa"]],
      ["--template", ["x"]],
    ] as const) {
      expect(await error([...more, flag, path])).toEqual([
        2,
        `error: The file ${path}, named by ${flag}, ${reason}.`,
        "  cause: It is in another encoding, such as Latin-1, or is not text. Read as UTF-8, its characters would be wrong.",
        "  fix: Convert it, for example iconv -f ISO-8859-1 -t UTF-8 FILE.",
      ]);
    }
  });

  it.each([
    ["UTF-16LE", Buffer.from("Zażółć a\n", "utf16le")],
    ["UTF-16BE", Buffer.from("Say hello", "utf16le").swap16()],
  ])("names %s where its mark is missing", async (encoding, bytes) => {
    const path = join(folder, "bytes");
    writeFileSync(path, bytes);
    expect(await error(["qa", "--file", path])).toEqual([
      2,
      `error: The file ${path}, named by --file, looks like ${encoding} without a byte order mark; save it as UTF-8.`,
      `  cause: It is in another encoding, such as ${encoding}, or is not text. Read as UTF-8, its characters would be wrong.`,
      `  fix: Convert it, for example iconv -f ${encoding} -t UTF-8 FILE.`,
    ]);
  });

  it("refuses a file without a text", async () => {
    const path = join(folder, "empty");
    writeFileSync(path, "\ufeff \n");
    expect(await error(["summarize", "--file", path])).toEqual([
      2,
      `error: The file ${path}, named by --file, holds no text.`,
      "  cause: It is empty, or has nothing but blanks.",
      "  fix: Give the file that you mean; to leave the text out, give --set text= instead.",
    ]);
  });

  it("says which file it cannot read", async () => {
    const missing = join(folder, "nope");
    expect((await error(["qa", "--file", missing]))[1]).toBe(
      `error: The file ${missing}, named by --file, cannot be read: ENOENT: no such file or directory, open '${missing}'`,
    );
  });
});
