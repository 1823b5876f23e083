/**
 * Parts of a word, numbers, and everything else sign by sign; a line drawn of one sign counts as one. A line's end is a
 * sign, a space is none.
 */
const UNITS = /[A-Z]?[a-z]+|[A-Z]{1,2}|\d+|([-=_*#~])\1*|\n|\S/gu;
/** What a tokenizer made on English joins, in words of English and of other languages in Latin letters. */
const LETTERS_PER_TOKEN = { english: 5, other: 2 };
const LETTERS = /^[A-Za-z]/;
const DIGITS = /^\d/;

/**
 * About how many tokens a text has for a model: an upper estimate, made without the model's own vocabulary. Measured
 * against SmolLM2's, which was made on English and so is the dearest for all else, and all-MiniLM's; a test holds it to
 * both. Models of many languages take half as many for Chinese, and less for the rest.
 *
 * Never less for two texts apart than for both together, so sums of it are safe bounds, if `english` is the same.
 *
 * @param english whether the text is English; found out where it is not given
 */
export function estimateTokens(text: string, english = isEnglish(text)): number {
  const lettersPerToken = english ? LETTERS_PER_TOKEN.english : LETTERS_PER_TOKEN.other;
  let tokens = 0;
  for (const [unit, drawn] of text.matchAll(UNITS)) {
    if (drawn !== undefined) tokens += 1;
    else if (LETTERS.test(unit)) tokens += Math.ceil(unit.length / lettersPerToken);
    // Each digit may be one, and so may be what is before the first.
    else if (DIGITS.test(unit)) tokens += unit.length + 1;
    else tokens += tokensOfSign(unit.codePointAt(0) ?? 0);
  }
  return tokens;
}

/** Tokens are made of bytes in UTF-8; how many bytes of a sign make one goes by the script. */
const FIRST_OF_SCRIPT: readonly (readonly [from: number, tokens: number])[] = [
  // Beyond what two bytes of UTF-16 hold, such as emoji: four bytes, four tokens.
  [0x10000, 4],
  // Korean syllables and what follows.
  [0xa000, 3],
  // Punctuation and symbols, Japanese, Chinese.
  [0x2000, 2],
  // From Hindi to Thai and Khmer; Vietnamese letters.
  [0x0800, 3],
  // Armenian, Hebrew, Arabic.
  [0x0530, 2],
];

function tokensOfSign(code: number): number {
  return FIRST_OF_SCRIPT.find(([from]) => code >= from)?.[1] ?? 1;
}

const WORDS = /[A-Za-z\u00c0-\u024f]+/gu;
/** Frequent in English, and rare or no words at all in other languages. */
const ENGLISH_WORDS = new Set(
  "the of and that this these for from with are has have not you your which what when how".split(" "),
);
/** English prose has 0.12 of them and more, other languages hardly any. */
const LEAST_SHARE = 0.08;

/** Whether a text is English, by its share of words such as "the"; a text without words is not. */
export function isEnglish(text: string): boolean {
  let words = 0;
  let known = 0;
  for (const [word] of text.matchAll(WORDS)) {
    words += 1;
    if (ENGLISH_WORDS.has(word.toLowerCase())) known += 1;
  }
  return words > 0 && known / words >= LEAST_SHARE;
}

/** The text without what costs a model tokens and says nothing: drawn lines of tables, runs of spaces, empty lines. */
export function compact(text: string): string {
  return text
    .replace(/([-=_*#~])\1{2,}/g, "$1")
    .replace(/[ \t]+/g, " ")
    .replace(/\n(?: ?\n)+/g, "\n\n");
}
