import { stretchesOf } from "./markdown";

const NUMBER = String.raw`(?:passages?\s*)?\d{1,3}`;
const NUMBERS = String.raw`${NUMBER}(?:\s*(?:[,;&、]|and)\s*${NUMBER})*`;
/** Follows a number that is the text of a link: `[1](…)`. */
const LINK = String.raw`\(\S*(?:\s+"[^"]*")?\)`;
/** `[1]`, `[1, 2]`, `[1][2]`, `[Passage 1 and 2]`, and CJK brackets, in which some models add lines: `【1†L3】`. */
const CITATION = new RegExp(String.raw`([ \t]*)[[【［]\s*(${NUMBERS})\s*(?:†[^】\n]*)?[\]】］](?!${LINK})`, "gi");
/** Follows a number in brackets that starts a link definition: `[1]: https://…`. */
const DEFINES = /^:[ \t]*\S+(?:[ \t]+["'(].*)?[ \t]*(?:\n|$)/;
const LINE_START = /(?:^|\n)[ \t]*$/;
/** Precedes an index into a list, as in `ships[0]`. */
const WORD_END = /[\p{L}\p{N}_)]$/u;

export interface CitedAnswer {
  /** The answer without citations of passages that were not sent. */
  readonly text: string;
  /** Numbers of the cited passages, from 1, in the order of their first citation. */
  readonly cited: readonly number[];
}

/**
 * Reads an answer's citations. Only passages that were sent count; other citations are removed. Numbers in brackets
 * inside code stay. So does an unknown number directly after a word, which may be a list index, and a list of numbers
 * that starts with 0, as `[0, 1]`, which is a range.
 */
export function citedAnswer(answer: string, sentCount: number): CitedAnswer {
  const cited = new Set<number>();
  const isSent = (number: number) => number >= 1 && number <= sentCount;
  const told = (text: string) =>
    text.replace(CITATION, (whole: string, space: string, list: string, at: number) => {
      const before = text.slice(0, at) + space;
      if (LINE_START.test(before) && DEFINES.test(text.slice(at + whole.length))) return whole;
      const numbers = (list.match(/\d+/g) ?? []).map(Number);
      if (numbers.length > 1 && numbers[0] === 0) return whole;
      const known = numbers.filter(isSent);
      for (const number of known) cited.add(number);
      if (known.length > 0) return `${space}[${known.join("][")}]`;
      return space === "" && WORD_END.test(before) ? whole : "";
    });
  const text = stretchesOf(answer)
    .map((stretch) => (stretch.kind === "text" ? told(stretch.text) : stretch.text))
    .join("");
  return { text: text.trim(), cited: [...cited] };
}
