import type { Retrieved } from "./retrieve";

/**
 * Below this similarity of the nearest passage, a question counts as one that the documents do not answer. For
 * all-minilm; measured on examples/rag, see docs/rag.md.
 */
export const LEAST_SIMILARITY = 0.25;

/**
 * True where something was found that may answer the question. Without similarities (retrieval by words only) anything
 * found counts.
 */
export function isRelevant(
  { passages, nearest }: Pick<Retrieved, "passages" | "nearest">,
  leastSimilarity = LEAST_SIMILARITY,
): boolean {
  return passages.length > 0 && (nearest === undefined || nearest >= leastSimilarity);
}
