import { frontMatter } from "./front-matter";
import { type Heading, headingsOf, stretchesOf } from "./markdown";
import { estimateTokens } from "./tokens";

/** A part of a document under one heading. */
export interface Section {
  /** The headings above it, the document's title first. */
  readonly path: readonly string[];
  readonly body: string;
}

/** A longer heading is not used as a title: it is a paragraph that happens to be underlined. */
const MAX_HEADING_TOKENS = 40;

/**
 * The sections of a Markdown document, in order, without comments. Every other word is in a body or a path. If a heading
 * says more than its plain text in the path, its source is in the body too. Front matter is part of the first body: it
 * may hold a description, and it may be no front matter at all but text between two rules.
 *
 * @param name title of a document that has none
 */
export function markdownSections(document: string, name: string): Section[] {
  const { title, matter, text: commented } = frontMatter(document);
  const text = withoutComments(commented);
  const lines = text.split("\n");
  const headings = headingsOf(text).filter((heading) => isTitle(heading.text));
  const root = title ?? headings.find(({ level }) => level === 1)?.text ?? name;
  const sections: Section[] = [];
  let above: Heading[] = [];
  for (let at = -1; at < headings.length; at += 1) {
    const [own, next] = [headings[at], headings[at + 1]];
    if (own !== undefined) above = [...above.filter(({ level }) => level < own.level), own];
    const below = lines.slice(own?.to ?? 0, next?.from).join("\n");
    const source = own === undefined ? "" : lines.slice(own.from, own.to).join("\n");
    const path = pathOf(root, above);
    if (own !== undefined && tellsMore(source, own.text)) sections.push({ path, body: `${source}\n${below}` });
    else if (below.trim() !== "") sections.push({ path, body: below });
    // A heading with nothing below it is in no path, so it becomes a body.
    else if (own !== undefined && (next === undefined || next.level <= own.level))
      sections.push({ path, body: own.text });
  }
  if (matter === undefined) return sections;
  const [first, ...others] = sections;
  if (first === undefined) return [{ path: [root], body: matter }];
  return [{ ...first, body: `${matter}\n\n${first.body}` }, ...others];
}

/** Removes comments. Line breaks around them stay, so neighbouring paragraphs are not joined. */
function withoutComments(text: string): string {
  if (!text.includes("<!--")) return text;
  return stretchesOf(text)
    .map((stretch) => (stretch.kind === "comment" ? "" : stretch.text))
    .join("");
}

function isTitle(text: string): boolean {
  return text !== "" && estimateTokens(text) <= MAX_HEADING_TOKENS;
}

/** Whether a heading's source has words that its plain text lacks, such as a link's target. */
function tellsMore(source: string, text: string): boolean {
  const told = new Set(wordsOf(text));
  return wordsOf(source).some((word) => !told.has(word));
}

function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
}

function pathOf(root: string, headings: readonly Heading[]): string[] {
  const path = headings.map(({ text }) => text);
  return headings[0]?.level === 1 ? path : [root, ...path];
}
