import { cutToFit, joined, tailOf } from "./cut";
import { kindOf } from "./documents";
import { blocksOf } from "./markdown";
import { markdownSections, type Section } from "./sections";
import { estimateTokens, isEnglish } from "./tokens";

/** A piece of a document that is found and cited as one. */
export interface DocumentPassage {
  /** The headings above it, joined by ` > `. */
  readonly title: string;
  readonly text: string;
  /** Number in its document, from 0. */
  readonly position: number;
}

export interface PassageLimits {
  /**
   * Most tokens of a passage, by estimate. all-minilm was trained on texts of 256 and reads 512; a title of up to 40
   * goes with each passage.
   * @default 200
   */
  readonly maxTokens?: number;
  /** How much of a passage is repeated at the start of the next one of the same section. Default: 30 tokens. */
  readonly overlapTokens?: number;
}

const DEFAULT_MAX_TOKENS = 200;
const DEFAULT_OVERLAP_TOKENS = 30;
const MAX_TITLE_TOKENS = 40;

/** Changes when the same document would be cut otherwise, so that documents are ingested anew. */
export const SPLITTER_VERSION = 2;

/**
 * Cuts a document into passages. Markdown is cut at its headings first, then between blocks; plain text between
 * paragraphs; what is still too long at lines, sentences, words. Every word of the document is in some passage's
 * text or title, but for comments.
 *
 * @param source path of the document, whose ending tells its kind
 */
export function splitDocument(source: string, text: string, limits: PassageLimits = {}): DocumentPassage[] {
  const { maxTokens = DEFAULT_MAX_TOKENS, overlapTokens = DEFAULT_OVERLAP_TOKENS } = limits;
  const name = nameOf(source);
  const sections: Section[] =
    kindOf(source) === "markdown" ? markdownSections(text, name) : [{ path: [name], body: text }];
  const pieces = sections.flatMap(({ path, body }) => {
    const whole = path.join(" > ");
    const title = titleOf(whole);
    // What a title has no room for stands in the text.
    const told = title === whole ? body : `${whole}\n\n${body}`;
    return overlapping(told, maxTokens, overlapTokens).map((piece) => ({ title, text: piece }));
  });
  return pieces.map((piece, position) => ({ ...piece, position }));
}

function overlapping(body: string, maxTokens: number, overlapTokens: number): string[] {
  const english = isEnglish(body);
  if (estimateTokens(body, english) <= maxTokens) return body.trim() === "" ? [] : [trimmed(body)];
  const room = Math.max(1, maxTokens - overlapTokens);
  const pieces = joined(
    blocksOf(body).flatMap((block) => cutToFit(block, room, english)),
    room,
    english,
  ).filter((piece) => piece.trim() !== "");
  return pieces.map((piece, at) => {
    const before = pieces[at - 1];
    // One for the line's end between the two.
    const most = Math.min(overlapTokens, maxTokens - room) - 1;
    const overlap = before === undefined ? "" : tailOf(before, most, english);
    return overlap === "" ? trimmed(piece) : `${overlap}\n${trimmed(piece)}`;
  });
}

function trimmed(text: string): string {
  return text.replace(/^\s*\n/, "").trimEnd();
}

function titleOf(whole: string): string {
  return estimateTokens(whole) <= MAX_TITLE_TOKENS ? whole : (cutToFit(whole, MAX_TITLE_TOKENS)[0]?.trim() ?? whole);
}

/** `guides/getting-started.md` → `getting started`. */
function nameOf(source: string): string {
  const file = source.slice(source.lastIndexOf("/") + 1);
  return file.replace(/\.[^.]*$/, "").replace(/[-_]+/g, " ");
}
