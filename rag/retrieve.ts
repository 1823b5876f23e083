import { clusterInfo } from "../clients/opensearch/cluster";
import { type Hit, search } from "../clients/opensearch/documents";
import { countDocuments } from "../clients/opensearch/indices";
import type { OpenSearchServer } from "../clients/opensearch/server";
import { Deadline } from "../clients/wait";
import { ExplainedError } from "../diagnosis/explained-error";
import { type Candidate, candidateQuery, candidatesOf, FUSION } from "./candidates";
import { hybridQuery, nearestQuery, passagesOfHits, whyClientRanks } from "./cluster-search";
import { embedOne } from "./embed";
import type { PassageIndex } from "./passage-index";
import { byScore, cosine, reciprocalRankFusion } from "./rank";

/**
 * How passages are ranked.
 *
 * - `bm25`: by the words that they share with the question.
 * - `dense`: by meaning, comparing vectors.
 * - `hybrid`: both, fused.
 */
export const Retrieval = { hybrid: "hybrid", bm25: "bm25", dense: "dense" } as const;

export type Retrieval = (typeof Retrieval)[keyof typeof Retrieval];

export const RETRIEVALS: readonly string[] = Object.values(Retrieval);

/** Chosen by measuring on the questions of examples/rag; see docs/rag.md. */
export const DEFAULT_RETRIEVAL: Retrieval = Retrieval.hybrid;

/** A passage that was found. */
export interface FoundPassage {
  readonly id: string;
  /** Identifies the folder that it was ingested from. Absent in passages of earlier releases. */
  readonly root?: string;
  readonly source: string;
  readonly title: string;
  readonly position: number;
  readonly text: string;
  /** The score that it was ranked by: BM25, cosine, or fused. */
  readonly score: number;
  /** Cosine similarity to the question. Absent with `bm25`. */
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
  /** On clusters that cannot search vectors: passages that are fetched and ranked here. Default: 500. */
  readonly candidates?: number;
  /** Time limit for embedding the question, and again for the search, in seconds. Default: 60. */
  readonly timeoutSeconds?: number;
}

export interface Retrieved {
  readonly passages: readonly FoundPassage[];
  /** The best similarity of all ranked passages, including those not among `passages`. */
  readonly nearest?: number;
  readonly ranking: Ranking;
}

/** Who ranked the passages: the cluster's search, or this package (from BM25 hits and stored vectors) and why. */
export type Ranking = { readonly by: "cluster" } | { readonly by: "client"; readonly because: string };

export const DEFAULT_TOP = 3;
const DEFAULT_CANDIDATES = 500;
const DEFAULT_TIMEOUT_SECONDS = 60;

/**
 * Finds the passages that fit a question best, best first.
 *
 * @throws ExplainedError if the index is empty, or its vectors have another dimension than the model's.
 */
export async function retrieve(options: RetrieveOptions): Promise<Retrieved> {
  const { server, index, top = DEFAULT_TOP, timeoutSeconds = DEFAULT_TIMEOUT_SECONDS } = options;
  const { ranking, body, ranked } = await planSearch(options, timeoutSeconds);
  const { hits } = await search(server, index.name, body, { timeoutSeconds });
  if (hits.length === 0 && (await countDocuments(server, index.name)) === 0) throw emptyIndex(index.name);
  const passages = ranked(hits);
  const similarities = passages.flatMap(({ similarity }) => similarity ?? []);
  const nearest = similarities.length === 0 ? undefined : similarities.reduce((a, b) => Math.max(a, b));
  return { passages: passages.slice(0, top), nearest, ranking };
}

/** A search request, and how to rank its hits. */
interface SearchPlan {
  readonly ranking: Ranking;
  readonly body: Readonly<Record<string, unknown>>;
  readonly ranked: (hits: readonly Hit[]) => FoundPassage[];
}

async function planSearch(options: RetrieveOptions, timeoutSeconds: number): Promise<SearchPlan> {
  const { server, index, question, retrieval = DEFAULT_RETRIEVAL, top = DEFAULT_TOP } = options;
  const rankedHere = (vector?: readonly number[]): Omit<SearchPlan, "ranking"> => ({
    body: candidateQuery(question, Math.max(top, options.candidates ?? DEFAULT_CANDIDATES), vector !== undefined),
    ranked: (hits) => rankCandidates(candidatesOf(hits), vector, retrieval),
  });
  // The server's BM25 order is kept.
  if (retrieval === Retrieval.bm25) return { ranking: BY_CLUSTER, ...rankedHere() };
  const vector = await questionVector(options, timeoutSeconds);
  const ranking = await rankingOf(server, index);
  if (ranking.by === "client") return { ranking, ...rankedHere(vector) };
  const body = await clusterQuery(options, retrieval, vector, top);
  return { ranking, body, ranked: (hits) => passagesOfHits(hits, vector) };
}

const BY_CLUSTER: Ranking = { by: "cluster" };

/** Who ranks by meaning on this cluster. */
export async function rankingOf(server: OpenSearchServer, index: PassageIndex): Promise<Ranking> {
  const because = await whyClientRanks(server, index);
  return because === undefined ? BY_CLUSTER : { by: "client", because };
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

async function questionVector(options: RetrieveOptions, timeoutSeconds: number): Promise<readonly number[]> {
  const { server, index, question, embeddingModelId: modelId } = options;
  if (modelId === undefined) {
    throw new ExplainedError({
      what: "No embedding model is known, and this kind of retrieval compares meanings.",
      cause: "The stack has no output embeddingModelId, and no flag or variable gives one.",
      fix: "Run pulumi up with rag switched on, give --embedding-model-id, or use --retrieval bm25, which needs none.",
    });
  }
  const embedder = { server, modelId, dimension: index.dimension };
  return await embedOne(embedder, question, Deadline.after(timeoutSeconds * 1000));
}

/** Ranks candidates by words, meaning, or both. Without a vector, only words count. */
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
    const { id, root, source, title, position, text } = candidate;
    return { id, root, source, title, position, text, score, similarity: similarities.get(id) };
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
