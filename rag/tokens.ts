/**
 * Word parts, numbers, line breaks, and all other characters one by one, except spaces. A run of one drawing character,
 * such as `-----`, is one unit.
 */
const UNITS = /[A-Z]?[a-z]+|[A-Z]{1,2}|\d+|([-=_*#~])\1*|\n|\S/gu;
/** Letters that a tokenizer trained on English puts into a token: in English, and in other Latin-script languages. */
const LETTERS_PER_TOKEN = { english: 5, other: 2 };
const LETTERS = /^[A-Za-z]/;
const DIGITS = /^\d/;

/**
 * Estimates from above how many tokens a text has, without the model's vocabulary. A test compares it with the
 * tokenizers of all-MiniLM and SmolLM2; the latter was trained on English and needs the most tokens for other languages.
 * Multilingual models need half as many for Chinese, and fewer for the rest.
 *
 * The sum of the estimates of two texts is never below the estimate of both joined, if `english` is the same.
 *
 * @param english whether the text is English. Default: detected
 */
export function estimateTokens(text: string, english = isEnglish(text)): number {
  const lettersPerToken = english ? LETTERS_PER_TOKEN.english : LETTERS_PER_TOKEN.other;
  let tokens = 0;
  for (const [unit, drawn] of text.matchAll(UNITS)) {
    if (drawn !== undefined) tokens += 1;
    else if (LETTERS.test(unit)) tokens += Math.ceil(unit.length / lettersPerToken);
    // Each digit may be a token, and so may the space before the first.
    else if (DIGITS.test(unit)) tokens += unit.length + 1;
    else tokens += tokensOfSign(unit.codePointAt(0) ?? 0);
  }
  return tokens;
}

/** Tokens per character, by script: tokens are made of UTF-8 bytes. Each entry holds from its code point on. */
const FIRST_OF_SCRIPT: readonly (readonly [from: number, tokens: number])[] = [
  // Beyond the Basic Multilingual Plane, such as emoji: four bytes, four tokens.
  [0x10000, 4],
  // Korean syllables and everything after them.
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
/** Words that are frequent in English, and rare or unknown in other languages. */
const ENGLISH_WORDS = new Set(
  "the of and that this these for from with are has have not you your which what when how".split(" "),
);
/** In English prose their share is at least 0.12, in other languages almost 0. */
const LEAST_SHARE = 0.08;

/** Whether a text is English, judged by its share of words such as "the". A text without words is not. */
export function isEnglish(text: string): boolean {
  let words = 0;
  let known = 0;
  for (const [word] of text.matchAll(WORDS)) {
    words += 1;
    if (ENGLISH_WORDS.has(word.toLowerCase())) known += 1;
  }
  return words > 0 && known / words >= LEAST_SHARE;
}

/** Shortens what costs tokens and says nothing: ruled lines of tables, runs of spaces, empty lines. */
export function compact(text: string): string {
  return text
    .replace(/([-=_*#~])\1{2,}/g, "$1")
    .replace(/[ \t]+/g, " ")
    .replace(/\n(?: ?\n)+/g, "\n\n");
}
