import { cutToFit, joined, tailOf } from "./cut";
import { kindOf } from "./documents";
import { blocksOf } from "./markdown";
import { markdownSections, type Section } from "./sections";
import { estimateTokens, isEnglish } from "./tokens";

/** A piece of a document, the unit of search and citation. */
export interface DocumentPassage {
  /** The headings above it, joined by ` > `. */
  readonly title: string;
  readonly text: string;
  /** Position in the document, from 0. */
  readonly position: number;
}

export interface PassageLimits {
  /**
   * Most tokens in a passage, by estimate. all-minilm was trained on texts of 256 tokens and reads 512. Each passage is
   * embedded with a title of up to 40.
   * @default 200
   */
  readonly maxTokens?: number;
  /** Tokens of a passage that are repeated at the start of the next one of the same section. Default: 30. */
  readonly overlapTokens?: number;
}

const DEFAULT_MAX_TOKENS = 200;
const DEFAULT_OVERLAP_TOKENS = 30;
const MAX_TITLE_TOKENS = 40;

/** Raise it when the splitting changes, so that documents are ingested again. */
export const SPLITTER_VERSION = 2;

/**
 * Splits a document into passages: Markdown at headings, then between blocks; plain text between paragraphs. Pieces that
 * are still too long are cut at lines, sentences or words. Every word except those in comments ends up in the text or
 * title of a passage.
 *
 * @param source path of the document; its extension tells the kind
 */
export function splitDocument(source: string, text: string, limits: PassageLimits = {}): DocumentPassage[] {
  const { maxTokens = DEFAULT_MAX_TOKENS, overlapTokens = DEFAULT_OVERLAP_TOKENS } = limits;
  const name = nameOf(source);
  const sections: Section[] =
    kindOf(source) === "markdown" ? markdownSections(text, name) : [{ path: [name], body: text }];
  const pieces = sections.flatMap(({ path, body }) => {
    const whole = path.join(" > ");
    const title = titleOf(whole);
    // If the title had to be cut, the text begins with the whole one.
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
    // Minus 1 for the line break between the two.
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
