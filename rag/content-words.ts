/** English words that a question is made with, not about. */
const FUNCTION_WORDS = new Set(
  (
    "a about am an and any are as at be been being but by can could did do does for from get give had has have having he " +
    "her him his how i if in into is it its may me might must my no nor not of off on or our out shall she should so " +
    "some such tell than that the their them then there these they this those to too up us was we were what when where " +
    "which while who whom whose why will with would you your"
  ).split(" "),
);

/**
 * A question without the words that stand in every text. The index's analyser keeps them, and BM25 ranks passages that
 * share nothing but "is" and "the" with the question. A question of nothing else stays whole.
 */
export function contentWords(question: string): string {
  const words = question.split(/\s+/).filter((word) => word !== "");
  const kept = words.filter(
    (word) => !FUNCTION_WORDS.has(word.toLowerCase().replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "")),
  );
  return (kept.length > 0 ? kept : words).join(" ");
}
