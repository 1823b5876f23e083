import { type Block, documents } from "./document";

/**
 * The blocks that name a test, in order. The test passes its own name, so blocks and tests cannot drift apart: a test
 * without blocks fails, and so does a block without its test.
 */
export function blocksOf(file: string, claim: string): Block[] {
  const found = documents()
    .flatMap(({ blocks }) => blocks)
    .filter(({ marker }) => marker?.kind === "runs" && marker.file === file && marker.claim === claim);
  if (found.length === 0) throw new Error(`No document has a block marked <!-- runs: ${file} "${claim}" -->`);
  return found;
}
