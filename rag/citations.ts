/** `[1]`, `[1, 2]`, `[1][2]` and `[Passage 1]`. */
const CITATION = /[ \t]*\[(?:passages?\s*)?(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\]/gi;

export interface CitedAnswer {
  /** The answer; citations of passages that were not sent are taken out. */
  readonly text: string;
  /** Numbers of the passages that it cites, from 1, in the order of their first citation. */
  readonly cited: readonly number[];
}

/** Reads an answer's citations; only passages that were sent count. */
export function citedAnswer(answer: string, sentCount: number): CitedAnswer {
  const cited = new Set<number>();
  const isSent = (number: number) => number >= 1 && number <= sentCount;
  const text = answer.replace(CITATION, (whole: string, numbers: string) => {
    const known = numbers.split(/[,;]/).map(Number).filter(isSent);
    for (const number of known) cited.add(number);
    const space = /^[ \t]*/.exec(whole)?.[0] ?? "";
    return known.length === 0 ? "" : `${space}[${known.join("][")}]`;
  });
  return { text: text.trim(), cited: [...cited] };
}
