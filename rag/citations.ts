import { stretchesOf } from "./markdown";

const NUMBER = String.raw`(?:passages?\s*)?\d{1,3}`;
const NUMBERS = String.raw`${NUMBER}(?:\s*(?:[,;&、]|and)\s*${NUMBER})*`;
/** `](…)`, of which the number is the text. */
const LINK = String.raw`\(\S*(?:\s+"[^"]*")?\)`;
/**
 * `[1]`, `[1, 2]`, `[1][2]`, `[Passage 1 and 2]`, and the brackets of Chinese and Japanese, in which some models add
 * lines: `【1†L3】`.
 */
const CITATION = new RegExp(String.raw`([ \t]*)[[【［]\s*(${NUMBERS})\s*(?:†[^】\n]*)?[\]】］](?!${LINK})`, "gi");
/** What follows a number in brackets at the start of a line where that says where a link leads: `[1]: https://…`. */
const DEFINES = /^:[ \t]*\S+(?:[ \t]+["'(].*)?[ \t]*(?:\n|$)/;
const LINE_START = /(?:^|\n)[ \t]*$/;
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
 * and so does one that was not sent and stands right behind a word: it may be a place in a list. Passages have numbers
 * from 1, so what begins with 0 and goes on, as `[0, 1]`, is a range.
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
