/** `1 file`, `2 files`. */
export function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** The number of words in a text: `3 words`. */
export function wordsIn(text: string): string {
  return counted(text.split(/\s+/).filter((word) => word !== "").length, "word");
}
