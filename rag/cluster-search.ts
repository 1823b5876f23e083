import type { Hit } from "../clients/opensearch/documents";
import { installedPlugins, KNN_PLUGIN } from "../clients/opensearch/plugins";
import type { OpenSearchServer } from "../clients/opensearch/server";
import { VECTOR_FIELD } from "../providers/search-index/passages";
import { isOlder } from "../providers/shared/version-gate";
import { candidatesOf, FUSION, PASSAGE_FIELDS_SHOWN, votingQuery } from "./candidates";
import type { PassageIndex } from "./passage-index";
import { cosine, RANK_CONSTANT } from "./rank";
import type { FoundPassage } from "./retrieve";

/** The plugin with the `hybrid` query and its rank processors. */
export const NEURAL_PLUGIN = "opensearch-neural-search";

/** Nearest neighbours that each shard returns before the rankings are fused. */
const NEIGHBOURS = 100;

/**
 * Why the cluster cannot search the vectors of an index, as half a sentence; `undefined` if it can. If it can, it does:
 * then the whole index is searched, whatever its size, and only the hits are transferred.
 */
export async function whyClientRanks(server: OpenSearchServer, index: PassageIndex): Promise<string | undefined> {
  if (!index.searchesVectors) {
    return "the index only keeps its vectors, as it was made when the cluster had no k-NN";
  }
  const plugins = await installedPlugins(server);
  if (plugins.size === 0) return "this user may not ask which plugins the cluster has";
  const missing = [KNN_PLUGIN, NEURAL_PLUGIN].filter((plugin) => !plugins.has(plugin));
  return missing.length === 0 ? undefined : `the cluster lacks ${missing.join(" and ")}`;
}

/**
 * How many hits to request so that the first `top` are correct. neural-search cuts both rankings at this number before it
 * fuses them (while `from` is 0), and BM25 can lift a passage from 8th to 1st place, or from 20th to 10th. With
 * `2 * top + 10`, all 108 questions of examples/rag got the same order as from the complete rankings; with only 3 hits
 * for the first 3, 100 did.
 */
function hitsFor(top: number): number {
  return 2 * top + 10;
}

/**
 * A query for the passages nearest to a vector. A `neural` query would embed the question itself, but we need the vector
 * to measure the similarity of the hits.
 */
export function nearestQuery(vector: readonly number[], size: number): Record<string, unknown> {
  const knn = { knn: { [VECTOR_FIELD]: { vector, k: Math.max(NEIGHBOURS, size) } } };
  return { size, _source: [...PASSAGE_FIELDS_SHOWN, VECTOR_FIELD], query: knn };
}

/**
 * A `hybrid` query by words and meaning, of which the first `top` hits count. It contains its search pipeline, so none
 * has to be created on the cluster.
 *
 * @param version the cluster's. From 3.1 on it fuses ranks with weights; before, scores
 */
export function hybridQuery(
  question: string,
  vector: readonly number[],
  top: number,
  version: string,
): Record<string, unknown> {
  const { query: knn, ...shown } = nearestQuery(vector, hitsFor(top));
  return {
    ...shown,
    query: { hybrid: { queries: [votingQuery(question), knn] } },
    search_pipeline: { phase_results_processors: [ranker(version)] },
  };
}

function ranker(version: string): Record<string, unknown> {
  const parameters = { weights: [FUSION.weights.words, FUSION.weights.meaning] };
  // Rank fusion exists since 2.19, but takes weights only since 3.1 (neural-search#1322).
  if (!isOlder(version, "3.1")) {
    return {
      "score-ranker-processor": { combination: { technique: "rrf", rank_constant: RANK_CONSTANT, parameters } },
    };
  }
  const combination = { technique: "arithmetic_mean", parameters };
  return { "normalization-processor": { normalization: { technique: "min_max" }, combination } };
}

/** The passages of such a query's hits, with their similarity to the question. */
export function passagesOfHits(hits: readonly Hit[], vector: readonly number[]): FoundPassage[] {
  return candidatesOf(hits).map(({ id, root, source, title, position, text, bm25, vector: theirs }) => {
    return { id, root, source, title, position, text, score: bm25, similarity: cosine(vector, theirs) };
  });
}
