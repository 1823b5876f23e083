import MarkdownIt, { type Token } from "markdown-it";

/** A CommonMark parser with tables. It only finds the structure; passages keep the source text. */
const reader = new MarkdownIt({ html: true });

/** A heading that is not inside a quote or a list. */
export interface Heading {
  readonly level: number;
  /** Without markup. */
  readonly text: string;
  /** First line, from 0, and the line after the last. An underlined heading has two or more lines. */
  readonly from: number;
  readonly to: number;
}

/** The headings of a document. Lines in code blocks do not count. */
export function headingsOf(text: string): Heading[] {
  const tokens = blockTokens(text);
  return tokens.flatMap((token, at) => {
    if (token.type !== "heading_open" || token.level !== 0 || token.map === null) return [];
    const [from, to] = token.map;
    return [{ level: Number(token.tag.slice(1)), text: plain(tokens[at + 1]?.content ?? ""), from, to }];
  });
}

/** Splits a text into blocks (paragraphs, lists, tables, code blocks), each with the blank lines after it. */
export function blocksOf(text: string): string[] {
  const starts = blockTokens(text).flatMap(({ level, map }) => (level === 0 && map !== null ? [map[0]] : []));
  return piecesOf(text, new Set(starts));
}

/** A part of a document. All of them joined are the document. */
export interface Stretch {
  readonly kind: "text" | "code" | "comment";
  readonly text: string;
}

/** Splits a document into text, code (blocks and spans) and HTML comments. */
export function stretchesOf(text: string): Stretch[] {
  const lines = linesOf(text);
  const found: Stretch[] = [];
  let next = 0;
  const textUpTo = (line: number) => {
    for (const each of lines.slice(next, line)) found.push(...inLine(each));
    next = Math.max(next, line);
  };
  for (const { type, map, content } of blockTokens(text)) {
    if (map === null || map[0] < next || !LEAVES.has(type)) continue;
    textUpTo(map[0]);
    const source = lines.slice(map[0], map[1]).join("");
    next = map[1];
    if (type === "inline") found.push(...inLine(source));
    else if (type === "html_block") found.push(...(NO_COMMENTS.test(content) ? [asText(source)] : inHtml(source)));
    else found.push({ kind: "code", text: source });
  }
  textUpTo(lines.length);
  return found;
}

const LEAVES = new Set(["inline", "html_block", "fence", "code_block"]);
/** Elements in which `<!--` does not start a comment. */
const NO_COMMENTS = /^\s*<(?:script|style|textarea)\b/i;
const COMMENT_START = "<!--";
const COMMENT_END = "-->";
/** `<!-->` and `<!--->` are comments too. */
const SHORTEST_COMMENT = 2;

const asText = (text: string): Stretch => ({ kind: "text", text });

/** Finds code spans and comments. Without an end, they are text. */
function inLine(text: string): Stretch[] {
  return marked(text, /\\[\s\S]|`+|<!--/g);
}

function inHtml(text: string): Stretch[] {
  return marked(text, /<!--/g);
}

function marked(text: string, marks: RegExp): Stretch[] {
  const found: Stretch[] = [];
  // Opening marks without an end, so that each end is searched for only once.
  const endless = new Set<string>();
  let from = 0;
  const add = (stretch: Stretch) => {
    if (stretch.text !== "") found.push(stretch);
  };
  for (const { 0: mark, index } of text.matchAll(marks)) {
    if (index < from || mark.startsWith("\\") || endless.has(mark)) continue;
    const isComment = mark === COMMENT_START;
    const end = isComment
      ? endOf(text, COMMENT_END, index + SHORTEST_COMMENT)
      : endOfCode(text, mark, index + mark.length);
    if (end === undefined) {
      endless.add(mark);
      continue;
    }
    add(asText(text.slice(from, index)));
    add({ kind: isComment ? "comment" : "code", text: text.slice(index, end) });
    from = end;
  }
  add(asText(text.slice(from)));
  return found;
}

function endOf(text: string, end: string, from: number): number | undefined {
  const at = text.indexOf(end, from);
  return at < 0 ? undefined : at + end.length;
}

/** A code span ends with as many backticks as it begins with. */
function endOfCode(text: string, ticks: string, from: number): number | undefined {
  const runs = /`+/g;
  runs.lastIndex = from;
  for (let run = runs.exec(text); run !== null; run = runs.exec(text)) if (run[0] === ticks) return runs.lastIndex;
  return undefined;
}

/** Parses blocks only; `inLine` and `plain` parse inline content where needed. */
function blockTokens(text: string): Token[] {
  const tokens: Token[] = [];
  reader.block.parse(text, reader, {}, tokens);
  return tokens;
}

/** The plain text of a heading or paragraph. */
function plain(markdown: string): string {
  const [token] = reader.parseInline(markdown, {});
  const told = (children: readonly Token[] | null): string =>
    (children ?? [])
      .map(({ type, content, children: inner }) => {
        if (type === "softbreak" || type === "hardbreak") return " ";
        return type === "image" ? told(inner) : content;
      })
      .join("");
  return told(token?.children ?? null)
    .replace(/\s+/g, " ")
    .trim();
}

function linesOf(text: string): string[] {
  return text.split(/(?<=\n)/u);
}

function piecesOf(text: string, starts: ReadonlySet<number>): string[] {
  const pieces: string[] = [];
  for (const [at, line] of linesOf(text).entries()) {
    if (pieces.length === 0 || starts.has(at)) pieces.push(line);
    else pieces[pieces.length - 1] += line;
  }
  return pieces;
}
