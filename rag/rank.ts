/** Cosine similarity of two vectors: 1 for the same direction, 0 for nothing in common or a zero vector. */
export function cosine(a: readonly number[], b: readonly number[]): number {
  let product = 0;
  let lengthA = 0;
  let lengthB = 0;
  for (const [at, x] of a.entries()) {
    const y = b[at] ?? 0;
    product += x * y;
    lengthA += x * x;
    lengthB += y * y;
  }
  const lengths = Math.sqrt(lengthA) * Math.sqrt(lengthB);
  return lengths === 0 ? 0 : product / lengths;
}

/** Sorts by score, highest first. Equal ones keep their order. */
export function byScore<T>(things: readonly T[], score: (thing: T) => number): T[] {
  return things
    .map((thing) => ({ thing, score: score(thing) }))
    .sort((a, b) => b.score - a.score)
    .map(({ thing }) => thing);
}

/** Cormack, Clarke and Büttcher (SIGIR 2009) found 60; OpenSearch's own ranker has the same default. */
export const RANK_CONSTANT = 60;

export interface Fused {
  readonly id: string;
  readonly score: number;
}

/**
 * Reciprocal rank fusion: merges rankings into one. Each ranking adds `weight / (60 + rank)` to an id's score; ranks
 * start at 1. Ids with equal scores stay in the order of their first appearance.
 *
 * @param weights one for each ranking. Default: 1
 * @example
 * ```ts
 * reciprocalRankFusion([["a", "b"], ["b", "c"]]).map(({ id }) => id); // ["b", "a", "c"]
 * ```
 */
export function reciprocalRankFusion(
  rankings: readonly (readonly string[])[],
  weights: readonly number[] = [],
): Fused[] {
  const scores = new Map<string, number>();
  for (const [which, ranking] of rankings.entries()) {
    const weight = weights[which] ?? 1;
    for (const [at, id] of ranking.entries()) scores.set(id, (scores.get(id) ?? 0) + weight / (RANK_CONSTANT + at + 1));
  }
  return byScore([...scores], ([, score]) => score).map(([id, score]) => ({ id, score }));
}
