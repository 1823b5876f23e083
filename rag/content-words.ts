/** English function words: they say nothing about what a question asks for. */
const FUNCTION_WORDS = new Set(
  (
    "a about am an and any are as at be been being but by can could did do does for from get give had has have having he " +
    "her him his how i if in into is it its may me might must my no nor not of off on or our out shall she should so " +
    "some such tell than that the their them then there these they this those to too up us was we were what when where " +
    "which while who whom whose why will with would you your"
  ).split(" "),
);

/** A query has four clauses for each word (two queries, two fields), and OpenSearch allows 1,024 clauses. */
const MOST_WORDS = 200;
/** Approximates the index's analyser, which splits Chinese and Hiragana into single characters. */
const WORD = /[\p{Script=Han}\p{Script=Hiragana}\p{Extended_Pictographic}]|[\p{L}\p{M}\p{N}]+/gu;

/**
 * A question without its function words. The index's analyser keeps them, so BM25 would rank passages that only share
 * "is" and "the" with the question. A question that has no other words stays as it is. A very long one is cut to its
 * first words.
 */
export function contentWords(question: string): string {
  const kept = withoutFunctionWords(question).join(" ");
  const isLong = (kept.match(WORD)?.length ?? 0) > MOST_WORDS;
  return isLong ? distinct(kept).slice(0, MOST_WORDS).join(" ") : kept;
}

/** How many words of a very long question are not searched for. */
export function wordsLeftOut(question: string): number {
  return Math.max(0, distinct(withoutFunctionWords(question).join(" ")).length - MOST_WORDS);
}

function distinct(text: string): string[] {
  const words = new Map((text.match(WORD) ?? []).map((word) => [word.toLowerCase(), word]));
  return [...words.values()];
}

function withoutFunctionWords(question: string): string[] {
  const words = question.split(/\s+/).filter((word) => word !== "");
  const kept = words.filter(
    (word) => !FUNCTION_WORDS.has(word.toLowerCase().replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "")),
  );
  return kept.length > 0 ? kept : words;
}
