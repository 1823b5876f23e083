/** English words that a question is made with, not about. */
const FUNCTION_WORDS = new Set(
  (
    "a about am an and any are as at be been being but by can could did do does for from get give had has have having he " +
    "her him his how i if in into is it its may me might must my no nor not of off on or our out shall she should so " +
    "some such tell than that the their them then there these they this those to too up us was we were what when where " +
    "which while who whom whose why will with would you your"
  ).split(" "),
);

/** A query has each word four times, in two fields of two queries, and 1,024 of them is what OpenSearch allows. */
const MOST_WORDS = 200;
/** About what the index's analyser makes of a text: Chinese and the like sign by sign. */
const WORD = /[\p{Script=Han}\p{Script=Hiragana}\p{Extended_Pictographic}]|[\p{L}\p{M}\p{N}]+/gu;

/**
 * A question without the words that stand in every text. The index's analyser keeps them, and BM25 ranks passages that
 * share nothing but "is" and "the" with the question. A question of nothing else stays whole; of a very long one the
 * first words are taken.
 */
export function contentWords(question: string): string {
  const kept = withoutFunctionWords(question).join(" ");
  const isLong = (kept.match(WORD)?.length ?? 0) > MOST_WORDS;
  return isLong ? distinct(kept).slice(0, MOST_WORDS).join(" ") : kept;
}

/** How many words a question has beyond those that are looked for. */
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
