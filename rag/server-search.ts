import type { Hit } from "../clients/opensearch/documents";
import { installedPlugins, KNN_PLUGIN } from "../clients/opensearch/plugins";
import type { OpenSearchServer } from "../clients/opensearch/server";
import { VECTOR_FIELD } from "../providers/search-index/passages";
import { isOlder } from "../providers/shared/version-gate";
import { candidatesOf, FUSION, PASSAGE_FIELDS_SHOWN, votingQuery } from "./candidates";
import type { PassageIndex } from "./passage-index";
import { cosine, RANK_CONSTANT } from "./rank";
import type { FoundPassage } from "./retrieve";

/** The plugin that has the `hybrid` query and its rankers. */
export const NEURAL_PLUGIN = "opensearch-neural-search";

/** Neighbours that each shard names before the rankings are fused. */
const NEIGHBOURS = 100;

/**
 * Why the cluster does not search the vectors of an index itself, as half a sentence; `undefined` where it does. It does
 * wherever it can: then an index of any size is searched as a whole, and only what was found is sent.
 */
export async function whyNotByCluster(server: OpenSearchServer, index: PassageIndex): Promise<string | undefined> {
  if (!index.searchesVectors) {
    return "the index only keeps its vectors, as it was made when the cluster had no k-NN";
  }
  const plugins = await installedPlugins(server);
  if (plugins.size === 0) return "this user may not ask which plugins the cluster has";
  const missing = [KNN_PLUGIN, NEURAL_PLUGIN].filter((plugin) => !plugins.has(plugin));
  return missing.length === 0 ? undefined : `the cluster lacks ${missing.join(" and ")}`;
}

/**
 * How many hits are asked for so that the best `top` of them are right: each of the two rankings that are fused is cut at
 * the number of hits (neural-search, as long as `from` is 0), and words can lift a passage from the eighth place to the
 * first, or from the twentieth to the tenth. With twice as many and ten more, all 108 questions of examples/rag found in
 * the same order as by the rankings as a whole; with three for the first three, 100.
 */
function hitsFor(top: number): number {
  return 2 * top + 10;
}

/**
 * The passages nearest to a vector. The vector is made before and not by a `neural` query, since how near the passages
 * are is measured with it afterwards.
 */
export function nearestQuery(vector: readonly number[], size: number): Record<string, unknown> {
  const knn = { knn: { [VECTOR_FIELD]: { vector, k: Math.max(NEIGHBOURS, size) } } };
  return { size, _source: [...PASSAGE_FIELDS_SHOWN, VECTOR_FIELD], query: knn };
}

/**
 * A `hybrid` query of words and meaning, of which the first `top` hits count. It brings its search pipeline along, so none
 * has to be made on the cluster.
 *
 * @param version the cluster's: from 3.1 it can fuse ranks by weights, before it mixes scores by them
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
  // Ranks are fused from 2.19 on, but by weights only from 3.1 (neural-search#1322).
  if (!isOlder(version, "3.1")) {
    return {
      "score-ranker-processor": { combination: { technique: "rrf", rank_constant: RANK_CONSTANT, parameters } },
    };
  }
  const combination = { technique: "arithmetic_mean", parameters };
  return { "normalization-processor": { normalization: { technique: "min_max" }, combination } };
}

/** The hits of such a query, with how near each is to the question. */
export function serverFound(hits: readonly Hit[], vector: readonly number[]): FoundPassage[] {
  return candidatesOf(hits).map(({ id, root, source, title, position, text, bm25, vector: theirs }) => {
    return { id, root, source, title, position, text, score: bm25, similarity: cosine(vector, theirs) };
  });
}
