import { stretchesOf } from "./markdown";

/**
 * `[1]`, `[1, 2]`, `[1][2]` and `[Passage 1]`; no link (`[1](…)`, `[1]: …`), of which the number is the text.
 */
const CITATION = /([ \t]*)\[(?:passages?\s*)?(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\](?![(:])/gi;
/** What a place in a list stands behind, as in `ships[0]`. */
const WORD_END = /[\p{L}\p{N}_)]$/u;

export interface CitedAnswer {
  /** The answer; citations of passages that were not sent are taken out. */
  readonly text: string;
  /** Numbers of the passages that it cites, from 1, in the order of their first citation. */
  readonly cited: readonly number[];
}

/**
 * Reads an answer's citations; only passages that were sent count. Numbers in brackets inside code cite nothing and stay,
 * and so does one that was not sent and stands right behind a word: it may be a place in a list.
 */
export function citedAnswer(answer: string, sentCount: number): CitedAnswer {
  const cited = new Set<number>();
  const isSent = (number: number) => number >= 1 && number <= sentCount;
  const told = (text: string) =>
    text.replace(CITATION, (whole: string, space: string, numbers: string, at: number) => {
      const known = numbers.split(/[,;]/).map(Number).filter(isSent);
      for (const number of known) cited.add(number);
      if (known.length > 0) return `${space}[${known.join("][")}]`;
      return space === "" && WORD_END.test(text.slice(0, at)) ? whole : "";
    });
  const text = stretchesOf(answer)
    .map((stretch) => (stretch.kind === "text" ? told(stretch.text) : stretch.text))
    .join("");
  return { text: text.trim(), cited: [...cited] };
}
