import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { type Block, documents, REFERENCE, readDocument, repository } from "../../support/documents/document";
import { isScript, typeCheck } from "../../support/documents/type-check";

const SHELL = ["sh", "bash", "shell", "console"];
const DATA = ["json", "yaml", "yml"];
/** Pictures and what programs print: nothing that anybody would run. */
const NO_CODE = ["text", "mermaid", "diff"];

const all = documents().flatMap(({ blocks }) => blocks);
const place = ({ file, line, text }: Block) => `${file}:${line}: ${text.split("\n")[0] ?? ""}`;
const isGenerated = ({ file }: Block) => file.startsWith(REFERENCE);

describe("the blocks of code in the documents", () => {
  it("each says which test runs it, or why none does", () => {
    const unmarked = all.filter(
      (block) =>
        block.marker === undefined &&
        !DATA.includes(block.language) &&
        !NO_CODE.includes(block.language) &&
        !isGenerated(block),
    );
    expect(unmarked.map(place)).toEqual([]);
  });

  it("no marker is misspelt, and no reason is missing", () => {
    const wrong = all.filter(
      ({ marker }) => marker?.kind === "malformed" || (marker?.kind === "not run" && !/\w+ \w+/.test(marker.reason)),
    );
    expect(wrong.map(place)).toEqual([]);
  });

  it("each test that a block names is there", () => {
    const missing = all.filter(({ marker }) => marker?.kind === "runs" && !hasTest(marker.file, marker.claim));
    expect(missing.map((block) => `${place(block)} ${JSON.stringify(block.marker)}`)).toEqual([]);
  });

  it("each shell block is good shell, run or not", () => {
    const broken = all
      .filter(({ language }) => SHELL.includes(language))
      .flatMap((block) => {
        const { status, stderr } = spawnSync("bash", ["-n"], { input: block.text, encoding: "utf8" });
        return status === 0 ? [] : [`${place(block)} ${stderr.trim()}`];
      });
    expect(broken).toEqual([]);
  });

  it("each block of JSON or YAML can be read", () => {
    const broken = all
      .filter(({ language }) => DATA.includes(language))
      .flatMap((block) => {
        // JSON is YAML too, and is held to its own, stricter rules.
        const message = block.language === "json" ? jsonMistake(block.text) : yamlMistake(block.text);
        return message === undefined ? [] : [`${place(block)} ${message}`];
      });
    expect(broken).toEqual([]);
  });

  it("each block of TypeScript or JavaScript compiles against the package", { timeout: 60_000 }, () => {
    const mistakes = typeCheck(all.filter(isScript));
    expect(mistakes.map(({ file, line, message }) => `${file}:${line}: ${message}`)).toEqual([]);
  });
});

describe("the check of the blocks itself", () => {
  const blocksIn = (text: string) => readDocument("a.md", text).blocks;

  it("reads both markers, also in a list, and takes no other comment for one", () => {
    const text = [
      '<!-- runs: test/a.test.ts "it works" -->',
      "```sh",
      "one",
      "```",
      "",
      "- item",
      "",
      "  <!-- not run: needs a GPU -->",
      "  ```sh",
      "  two",
      "  ```",
      "",
      "<!-- a remark -->",
      "",
      "    three",
    ].join("\n");
    expect(blocksIn(text)).toEqual([
      {
        file: "a.md",
        line: 3,
        language: "sh",
        text: "one\n",
        marker: { kind: "runs", file: "test/a.test.ts", claim: "it works" },
      },
      { file: "a.md", line: 10, language: "sh", text: "two\n", marker: { kind: "not run", reason: "needs a GPU" } },
      { file: "a.md", line: 15, language: "", text: "three\n", marker: undefined },
    ]);
  });

  it("calls a marker malformed that names no claim", () => {
    expect(blocksIn("<!-- runs: test/a.test.ts -->\n```sh\nx\n```")[0]?.marker).toEqual({
      kind: "malformed",
      text: "runs: test/a.test.ts",
    });
  });

  it("names the document's line of a type error, in a fragment too", { timeout: 60_000 }, () => {
    const [fragment] = blocksIn(
      '```ts\nconst ok = 1;\nconst url: number = trustedEndpointRegex("http://ollama");\n```',
    );
    const [module] = blocksIn('text\n\n```ts\nimport { noSuchThing } from "pulumi-ollama-chat";\n```');
    if (fragment === undefined || module === undefined) throw new Error("The blocks were not found.");
    const mistakes = typeCheck([fragment, module]).map(({ line, message }) => [line, message]);
    expect(mistakes).toEqual([
      [3, "Type 'string' is not assignable to type 'number'."],
      [4, `Module '"pulumi-ollama-chat"' has no exported member 'noSuchThing'.`],
    ]);
  });
});

function hasTest(file: string, claim: string): boolean {
  const path = join(repository, file);
  if (!existsSync(path)) return false;
  const name = JSON.stringify(claim).replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`\\b(it|test)(\\.\\w+(\\([^)]*\\))?)*\\(\\s*${name}`).test(readFileSync(path, "utf8"));
}

function jsonMistake(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return String(error);
  }
}

function yamlMistake(text: string): string | undefined {
  return parseAllDocuments(text)
    .flatMap(({ errors }) => errors)
    .map(({ message }) => message)[0];
}
