/** Words of Latin letters, numbers, and everything else sign by sign; a line drawn of one sign counts as one. */
const UNITS = /[a-z\u00c0-\u024f]+|\d+|([-=_*#~])\1*|\S/giu;
const LETTERS_PER_TOKEN = 5;
const DIGITS_PER_TOKEN = 3;

/**
 * About how many tokens a text has for a model: an upper estimate for ordinary English, made without the model's own
 * vocabulary. Never less for two texts apart than for both together, so sums of it are safe bounds.
 */
export function estimateTokens(text: string): number {
  let tokens = 0;
  for (const [unit, drawn] of text.matchAll(UNITS)) tokens += drawn === undefined ? tokensOf(unit) : 1;
  return tokens;
}

function tokensOf(unit: string): number {
  const code = unit.charCodeAt(0);
  if (code >= 48 && code <= 57) return Math.ceil(unit.length / DIGITS_PER_TOKEN);
  return Math.ceil(unit.length / LETTERS_PER_TOKEN);
}

/** The text without what costs a model tokens and says nothing: drawn lines of tables, runs of spaces. */
export function compact(text: string): string {
  return text.replace(/([-=_*#~])\1{2,}/g, "$1").replace(/[ \t]+/g, " ");
}
