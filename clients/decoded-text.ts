/**
 * The text of a file's bytes, with `\n` at the ends of lines, or why they are none: UTF-8, or UTF-16 where the first
 * two bytes say so. Any other encoding would have to be guessed, and a wrong guess makes wrong letters without a word.
 */
export function decodedText(bytes: Uint8Array): string | { readonly reason: string } {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    if (text.includes("\0")) return { reason: "holds characters of number 0, as files do that are no text" };
    return text.replace(/\r\n?/g, "\n");
  } catch {
    return { reason: "is neither UTF-8 nor UTF-16 text; save it as UTF-8" };
  }
}
