/** A part of a document under one heading. */
export interface Section {
  /** The headings above it, the document's title first. */
  readonly path: readonly string[];
  readonly body: string;
}

interface Heading {
  readonly level: number;
  readonly text: string;
}

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const ATX_HEADING = /^ {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$/;
const UNDERLINE = /^ {0,3}(=+|-+)[ \t]*$/;
/** Lines that an underline makes no heading of: another block begins with them. */
const BLOCK_START = /^ {0,3}(?:[-*+>|#]|\d+[.)])|^(?: {4}|\t)/;
const FRONT_MATTER = /^---\n([\s\S]*?\n)?---(?:\n|$)/;
const FRONT_TITLE = /^title:[ \t]*(['"]?)(.+?)\1[ \t]*$/m;

/**
 * The sections of a Markdown document, in order. A heading inside a code block is none. Front matter is left out but
 * for its title.
 *
 * @param name title where the document itself gives none
 */
export function markdownSections(text: string, name: string): Section[] {
  const front = FRONT_MATTER.exec(text);
  const lines = text.slice(front?.[0].length ?? 0).split("\n");
  const root = FRONT_TITLE.exec(front?.[1] ?? "")?.[2] ?? firstTitle(lines) ?? name;
  const sections: Section[] = [];
  let headings: Heading[] = [];
  let body: string[] = [];
  const close = (next?: Heading) => {
    const text = body.join("\n");
    const last = headings.at(-1);
    body = [];
    if (text.trim() !== "") sections.push({ path: pathOf(root, headings), body: text });
    // A heading with nothing below it is in nobody's path: it is kept as a text of its own.
    else if (last !== undefined && (next === undefined || next.level <= last.level))
      sections.push({ path: pathOf(root, headings), body: last.text });
  };
  for (const { heading, line } of marked(lines)) {
    if (heading === undefined) {
      body.push(line);
      continue;
    }
    close(heading);
    headings = [...headings.filter(({ level }) => level < heading.level), heading];
  }
  close();
  return sections;
}

function pathOf(root: string, headings: readonly Heading[]): string[] {
  const path = headings.map(({ text }) => text);
  return headings[0]?.level === 1 ? path : [root, ...path];
}

function firstTitle(lines: readonly string[]): string | undefined {
  for (const { heading } of marked(lines)) if (heading?.level === 1) return heading.text;
  return undefined;
}

/** Every line, with the heading that it is; both lines of an underlined heading come as one. */
function* marked(lines: readonly string[]): Generator<{ readonly line: string; readonly heading?: Heading }> {
  let fence: string | undefined;
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    const mark = FENCE.exec(line)?.[1];
    if (fence !== undefined) {
      if (mark?.startsWith(fence) && line.trim() === mark) fence = undefined;
      yield { line };
      continue;
    }
    fence = mark;
    const heading = mark === undefined ? (atx(line) ?? underlined(lines, at)) : undefined;
    if (heading !== undefined && atx(line) === undefined) at += 1;
    yield heading === undefined ? { line } : { line, heading };
  }
}

function atx(line: string): Heading | undefined {
  const found = ATX_HEADING.exec(line);
  return found === null ? undefined : headingOf(found[1]?.length ?? 1, found[2] ?? "");
}

/** A line of text on its own with a line of `=` or `-` below. */
function underlined(lines: readonly string[], at: number): Heading | undefined {
  const line = lines[at] ?? "";
  const under = UNDERLINE.exec(lines[at + 1] ?? "")?.[1];
  const alone = (lines[at - 1] ?? "").trim() === "";
  if (under === undefined || !alone || line.trim() === "" || BLOCK_START.test(line)) return undefined;
  return headingOf(under.startsWith("=") ? 1 : 2, line);
}

function headingOf(level: number, markdown: string): Heading | undefined {
  const text = markdown
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/[`*]/g, "")
    .trim();
  return text === "" ? undefined : { level, text };
}
