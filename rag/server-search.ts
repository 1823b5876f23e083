import type { Hit } from "../clients/opensearch/documents";
import { KNN_PLUGIN } from "../clients/opensearch/plugins";
import { VECTOR_FIELD } from "../providers/search-index/passages";
import { isOlder } from "../providers/version-gate";
import { candidatesOf, PASSAGE_FIELDS_SHOWN, votingQuery } from "./candidates";
import { FUSION } from "./fusion";
import type { PassageIndex } from "./passage-index";
import { cosine, RANK_CONSTANT } from "./rank";
import type { FoundPassage } from "./retrieve";

/**
 * The cluster's own vector and hybrid search. Written by OpenSearch's documentation, tested against a scripted server,
 * not run on a real one: the plugins k-NN and neural-search are not to be had where this package is built.
 */

/** The plugin that has the `hybrid` query and its rankers. */
export const NEURAL_PLUGIN = "opensearch-neural-search";

/** Neighbours that each shard names before the rankings are fused. */
const NEIGHBOURS = 100;

/** True where the cluster can search the vectors of the index itself. */
export function searchesHybrid(index: PassageIndex, plugins: ReadonlySet<string>): boolean {
  return index.searchesVectors && plugins.has(KNN_PLUGIN) && plugins.has(NEURAL_PLUGIN);
}

/**
 * The passages nearest to a vector. The vector is made before and not by a `neural` query, since how near the passages
 * are is measured with it afterwards.
 */
export function nearestQuery(vector: readonly number[], top: number): Record<string, unknown> {
  const knn = { knn: { [VECTOR_FIELD]: { vector, k: Math.max(NEIGHBOURS, top) } } };
  return { size: top, _source: [...PASSAGE_FIELDS_SHOWN, VECTOR_FIELD], query: knn };
}

/**
 * A `hybrid` query of words and meaning. It brings its search pipeline along, so none has to be made on the cluster.
 *
 * @param version the cluster's: from 3.1 it can fuse ranks by weights, before it mixes scores by them
 */
export function hybridQuery(
  question: string,
  vector: readonly number[],
  top: number,
  version: string,
): Record<string, unknown> {
  const { query: knn, ...shown } = nearestQuery(vector, top);
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
  return candidatesOf(hits).map(({ id, source, title, position, text, bm25, vector: theirs }) => {
    return { id, source, title, position, text, score: bm25, similarity: cosine(vector, theirs) };
  });
}
