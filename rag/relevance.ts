import type { Retrieved } from "./retrieve";

/**
 * If even the nearest passage is less similar than this, the documents do not answer the question. For all-minilm,
 * measured on examples/rag, see docs/rag.md.
 */
export const LEAST_SIMILARITY = 0.25;

/** Whether a passage may answer the question. Without similarities (retrieval `bm25`), any found passage counts. */
export function isRelevant(
  { passages, nearest }: Pick<Retrieved, "passages" | "nearest">,
  leastSimilarity = LEAST_SIMILARITY,
): boolean {
  return passages.length > 0 && (nearest === undefined || nearest >= leastSimilarity);
}
