import { estimateTokens, isEnglish } from "./tokens";

/** Where a text may be cut, best first: after paragraphs, lines, sentences, words, characters. */
const CUTS = [/(?<=\n[ \t]*\n)/u, /(?<=\n)/u, /(?<=[.!?…]["')\]]*\s)/u, /(?<=\s)/u, /(?:)/u];

/**
 * Cuts a text into pieces of at most `maxTokens`, at the best places there are. The pieces joined again are the text.
 *
 * @param english whether the whole document is English; a short part may have too few words to tell
 */
export function cutToFit(text: string, maxTokens: number, english = isEnglish(text)): string[] {
  return cut(text, maxTokens, english, 0);
}

function cut(text: string, maxTokens: number, english: boolean, level: number): string[] {
  if (estimateTokens(text, english) <= maxTokens) return text === "" ? [] : [text];
  const places = CUTS[level];
  if (places === undefined) return [text];
  return joined(
    text.split(places).flatMap((part) => cut(part, maxTokens, english, level + 1)),
    maxTokens,
    english,
  );
}

/** Joins neighbouring parts while they fit into `maxTokens`. */
export function joined(parts: readonly string[], maxTokens: number, english: boolean): string[] {
  const pieces: string[] = [];
  let room = 0;
  for (const part of parts) {
    const tokens = estimateTokens(part, english);
    if (pieces.length > 0 && tokens <= room) pieces[pieces.length - 1] += part;
    else {
      pieces.push(part);
      room = maxTokens;
    }
    room -= tokens;
  }
  return pieces;
}

/** The last sentences of a text that fit into `maxTokens`, or its last words if the last sentence does not fit. */
export function tailOf(text: string, maxTokens: number, english = isEnglish(text)): string {
  for (const places of [CUTS[2], CUTS[3]]) {
    const parts = text.split(places ?? "");
    let tokens = 0;
    let from = parts.length;
    while (from > 0) {
      tokens += estimateTokens(parts[from - 1] ?? "", english);
      if (tokens > maxTokens) break;
      from -= 1;
    }
    const tail = parts.slice(from).join("").trim();
    if (tail !== "") return tail;
  }
  return "";
}
