import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import MarkdownIt from "markdown-it";
import { type Marker, readMarker } from "./marker";

export const repository = resolve(__dirname, "..", "..", "..");

/** Reference pages are written by typedoc: nobody can put a marker into them. */
export const REFERENCE = "docs/reference/";

/** A block of code in a document. */
export interface Block {
  /** Path of the document in the repository. */
  readonly file: string;
  /** Line of its first line of code, counted from 1. */
  readonly line: number;
  /** First word after the fence; empty without one, and for blocks that are only indented. */
  readonly language: string;
  readonly text: string;
  /** What the comment right above it says; undefined without one. */
  readonly marker: Marker | undefined;
}

/** A link or a picture; `line` is where its paragraph begins. */
export interface Link {
  readonly file: string;
  readonly line: number;
  readonly target: string;
}

export interface Document {
  readonly file: string;
  readonly blocks: readonly Block[];
  readonly links: readonly Link[];
  /** Anchors of its headings, as GitHub names them. */
  readonly anchors: ReadonlySet<string>;
  /** Everything written as code within a line. */
  readonly inlineCode: readonly { readonly line: number; readonly text: string }[];
}

const markdown = new MarkdownIt({ html: true });

/** Every Markdown document of the repository, those that are not committed yet too. */
export function documents(): Document[] {
  return markdownFiles("").map((file) => readDocument(file, readFileSync(join(repository, file), "utf8")));
}

/** Products and downloads, not documents of this project. */
const SKIPPED = new Set(["node_modules", "dist"]);

function markdownFiles(folder: string): string[] {
  return readdirSync(join(repository, folder), { withFileTypes: true })
    .filter(({ name }) => !SKIPPED.has(name) && !name.startsWith("."))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) return markdownFiles(path);
      return entry.name.endsWith(".md") ? [path] : [];
    });
}

export function readDocument(file: string, text: string): Document {
  const tokens = markdown.parse(text, {});
  const blocks: Block[] = [];
  const links: Link[] = [];
  const headings: string[] = [];
  const inlineCode: { line: number; text: string }[] = [];
  let start = 0;
  for (const [i, token] of tokens.entries()) {
    // The cells of a table have no place of their own; their row has.
    start = token.map?.[0] ?? start;
    if (token.type === "fence" || token.type === "code_block") {
      const above = tokens[i - 1];
      const comment = above?.type === "html_block" ? above.content : "";
      const line = token.type === "fence" ? start + 2 : start + 1;
      const language = token.info.trim().split(/\s+/)[0] ?? "";
      blocks.push({ file, line, language, text: token.content, marker: readMarker(comment) });
    }
    if (token.type !== "inline") continue;
    if (tokens[i - 1]?.type === "heading_open") headings.push(plainText(token.children ?? []));
    for (const child of token.children ?? []) {
      const target = child.attrGet(child.type === "image" ? "src" : "href");
      if (target !== null && (child.type === "image" || child.type === "link_open")) {
        links.push({ file, line: start + 1, target: String(target) });
      }
      if (child.type === "code_inline") inlineCode.push({ line: start + 1, text: child.content });
    }
  }
  return { file, blocks, links, anchors: anchorsOf(headings), inlineCode };
}

type Tokens = ReturnType<typeof markdown.parse>;

function plainText(children: Tokens): string {
  return children.map((child) => (["text", "code_inline"].includes(child.type) ? child.content : "")).join("");
}

/** GitHub's anchors: lower case, without punctuation, spaces as dashes; the second of a name gets -1. */
function anchorsOf(headings: readonly string[]): Set<string> {
  const anchors = new Set<string>();
  for (const heading of headings) {
    const anchor = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replace(/\s/g, "-");
    let unique = anchor;
    for (let n = 1; anchors.has(unique); n += 1) unique = `${anchor}-${n}`;
    anchors.add(unique);
  }
  return anchors;
}
