import { type Block, documents } from "./document";

/**
 * The blocks that name a test, in the order in which they stand. The test gives its own name, so a block and its
 * test cannot lose each other: a test without blocks fails, and so does a block without its test.
 */
export function blocksOf(file: string, claim: string): Block[] {
  const found = documents()
    .flatMap(({ blocks }) => blocks)
    .filter(({ marker }) => marker?.kind === "runs" && marker.file === file && marker.claim === claim);
  if (found.length === 0) throw new Error(`No document has a block marked <!-- runs: ${file} "${claim}" -->`);
  return found;
}
