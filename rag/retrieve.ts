import { clusterInfo } from "../clients/opensearch/cluster";
import { search } from "../clients/opensearch/documents";
import { countDocuments } from "../clients/opensearch/indices";
import { installedPlugins } from "../clients/opensearch/plugins";
import type { OpenSearchServer } from "../clients/opensearch/server";
import { Deadline } from "../clients/wait";
import { ExplainedError } from "../diagnosis/explained-error";
import { type Candidate, candidateQuery, candidatesOf } from "./candidates";
import { embed } from "./embed";
import { FUSION } from "./fusion";
import type { PassageIndex } from "./passage-index";
import { byScore, cosine, reciprocalRankFusion } from "./rank";
import { hybridQuery, nearestQuery, searchesHybrid, serverFound } from "./server-search";

/**
 * - `bm25`: by the words they share with the question.
 * - `dense`: by what they mean, as their vectors tell.
 * - `hybrid`: both, fused.
 */
export const Retrieval = { hybrid: "hybrid", bm25: "bm25", dense: "dense" } as const;

export type Retrieval = (typeof Retrieval)[keyof typeof Retrieval];

export const RETRIEVALS: readonly string[] = Object.values(Retrieval);

/** Chosen by the questions of examples/rag; see docs/rag.md. */
export const DEFAULT_RETRIEVAL: Retrieval = Retrieval.hybrid;

/** A passage that was found. */
export interface FoundPassage {
  readonly id: string;
  readonly source: string;
  readonly title: string;
  readonly position: number;
  readonly text: string;
  /** What it was ranked by: BM25, cosine, or the fused score. */
  readonly score: number;
  /** How near it is to the question in meaning: 1 is the same, 0 nothing in common. Absent with `bm25`. */
  readonly similarity?: number;
}

export interface RetrieveOptions {
  readonly server: OpenSearchServer;
  readonly index: PassageIndex;
  readonly question: string;
  /** Deployed embedding model. Not needed for `bm25`. */
  readonly embeddingModelId?: string;
  /** Default: `DEFAULT_RETRIEVAL`, `hybrid`. */
  readonly retrieval?: Retrieval;
  /** How many passages. Default: 3. */
  readonly top?: number;
  /** Passages that are looked at more closely, on clusters that do not search vectors. Default: 500. */
  readonly candidates?: number;
  /** Longest wait for the question's vector and for the search, each, in seconds. Default: 60. */
  readonly timeoutSeconds?: number;
}

export interface Retrieved {
  readonly passages: readonly FoundPassage[];
  /** The best similarity of all passages that were looked at, also of those that are not among `passages`. */
  readonly nearest?: number;
  /** Who ranked: the cluster's hybrid query, or this package over stored vectors. */
  readonly by: "cluster" | "client";
}

export const DEFAULT_TOP = 3;
const DEFAULT_CANDIDATES = 500;
const DEFAULT_TIMEOUT_SECONDS = 60;

/**
 * The passages of an index that fit a question best, the best first.
 *
 * @throws ExplainedError where the index is empty, or has vectors of another length than the model makes.
 */
export async function retrieve(options: RetrieveOptions): Promise<Retrieved> {
  const { server, index, question, retrieval = DEFAULT_RETRIEVAL, top = DEFAULT_TOP } = options;
  const timeoutSeconds = options.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS;
  const vector = retrieval === Retrieval.bm25 ? undefined : await questionVector(options, timeoutSeconds);
  const inCluster = vector !== undefined && searchesHybrid(index, await installedPlugins(server));
  const body = inCluster
    ? await clusterQuery(options, retrieval, vector, top)
    : candidateQuery(question, Math.max(top, options.candidates ?? DEFAULT_CANDIDATES), vector !== undefined);
  const { hits } = await search(server, index.name, body, timeoutSeconds);
  if (hits.length === 0 && (await countDocuments(server, index.name)) === 0) throw emptyIndex(index.name);
  const ranked = inCluster ? serverFound(hits, vector) : rankCandidates(candidatesOf(hits), vector, retrieval);
  const similarities = ranked.flatMap(({ similarity }) => similarity ?? []);
  const nearest = similarities.length === 0 ? undefined : similarities.reduce((a, b) => Math.max(a, b));
  return { passages: ranked.slice(0, top), nearest, by: inCluster ? "cluster" : "client" };
}

async function clusterQuery(
  { server, question }: RetrieveOptions,
  retrieval: Retrieval,
  vector: readonly number[],
  top: number,
): Promise<Record<string, unknown>> {
  if (retrieval === Retrieval.dense) return nearestQuery(vector, top);
  const { version } = await clusterInfo(server);
  return hybridQuery(question, vector, top, version);
}

async function questionVector(options: RetrieveOptions, timeoutSeconds: number): Promise<number[]> {
  const { server, index, question, embeddingModelId: modelId } = options;
  if (modelId === undefined) {
    throw new ExplainedError({
      what: "No embedding model is known, and this kind of retrieval compares meanings.",
      cause: "The stack has no output embeddingModelId, and no flag or variable gives one.",
      fix: "Run pulumi up with rag switched on, give --embedding-model-id, or use --retrieval bm25, which needs none.",
    });
  }
  const embedder = { server, modelId, dimension: index.dimension };
  const [vector = []] = await embed(embedder, [question], Deadline.after(timeoutSeconds * 1000));
  return vector;
}

/** Ranks candidates by their words, their meaning, or both. Without a vector only words count. */
export function rankCandidates(
  candidates: readonly Candidate[],
  vector: readonly number[] | undefined,
  retrieval: Retrieval,
): FoundPassage[] {
  const similarities = new Map(
    vector === undefined ? [] : candidates.map(({ id, vector: theirs }) => [id, cosine(vector, theirs)] as const),
  );
  const similarity = ({ id }: Candidate) => similarities.get(id) ?? 0;
  const byWords = byScore(
    candidates.filter(({ sharesWords }) => sharesWords),
    ({ bm25 }) => bm25,
  );
  const found = (candidate: Candidate, score: number): FoundPassage => {
    const { id, source, title, position, text } = candidate;
    return { id, source, title, position, text, score, similarity: similarities.get(id) };
  };
  if (retrieval === Retrieval.bm25) return byWords.map((candidate) => found(candidate, candidate.bm25));
  const byMeaning = byScore(candidates, similarity);
  if (retrieval === Retrieval.dense) return byMeaning.map((candidate) => found(candidate, similarity(candidate)));
  const byId = new Map(candidates.map((candidate) => [candidate.id, candidate]));
  const rankings = [byWords.filter(({ votes }) => votes), byMeaning].map((ranking) => ranking.map(({ id }) => id));
  const { words, meaning } = FUSION.weights;
  return reciprocalRankFusion(rankings, [words, meaning]).flatMap(({ id, score }) => {
    const candidate = byId.get(id);
    return candidate === undefined ? [] : [found(candidate, score)];
  });
}

function emptyIndex(name: string): ExplainedError {
  return new ExplainedError({
    what: `The index ${name} is empty.`,
    cause: "No documents were ingested yet.",
    fix: "Ingest some: ollama-chat rag ingest FOLDER.",
  });
}
