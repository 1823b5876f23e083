import { z } from "zod";
import type { Hit } from "../clients/opensearch/documents";
import { VECTOR_FIELD } from "../providers/search-index/passages";
import { contentWords } from "./content-words";

/** A passage that is looked at more closely. */
export interface Candidate {
  readonly id: string;
  /** What the folder is known by that it came from; absent in what earlier releases wrote. */
  readonly root?: string;
  readonly source: string;
  readonly title: string;
  readonly position: number;
  readonly text: string;
  /** The server's BM25 score. Means something only where `sharesWords`. */
  readonly bm25: number;
  /** True where the passage has a word of the question. */
  readonly sharesWords: boolean;
  /** True where its place among the words counts when both rankings are fused. */
  readonly votes: boolean;
  /** Empty where it was not asked for. */
  readonly vector: readonly number[];
}

export const PASSAGE_FIELDS_SHOWN = ["text", "title", "root", "source", "position"];

const WORDS = "words";
const VOTES = "votes";

/** BM25: a hit in the title counts twice. */
function wordsQuery(question: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { multi_match: { query: contentWords(question), fields: ["text", "title^2"], ...more } };
}

/** BM25 as a fusion takes it: of the passages that have enough of the question's words. */
export function votingQuery(question: string): Record<string, unknown> {
  return {
    bool: { must: [wordsQuery(question)], filter: [wordsQuery(question, { minimum_should_match: FUSION.leastWords })] },
  };
}

/**
 * Asks for the passages with the best BM25 scores and, after them, for others until `size` is reached, so that an
 * index of up to `size` passages is looked at as a whole, also at what shares no word with the question.
 */
export function candidateQuery(question: string, size: number, withVectors: boolean): Record<string, unknown> {
  const words = wordsQuery(question, { _name: WORDS });
  const votes = wordsQuery(question, { minimum_should_match: FUSION.leastWords, boost: 0, _name: VOTES });
  const should = withVectors ? [words, votes, { match_all: { boost: 0 } }] : [words];
  return {
    size,
    query: { bool: { should } },
    _source: withVectors ? [...PASSAGE_FIELDS_SHOWN, VECTOR_FIELD] : PASSAGE_FIELDS_SHOWN,
  };
}

const passage = z.looseObject({
  root: z.string().optional(),
  source: z.string(),
  title: z.string(),
  position: z.number(),
  text: z.string(),
  [VECTOR_FIELD]: z.array(z.number()).default([]),
});

/** The passages among hits; documents that are none are left out. */
export function candidatesOf(hits: readonly Hit[]): Candidate[] {
  return hits.flatMap(({ id, score, matchedQueries, source }) => {
    const parsed = passage.safeParse(source);
    if (!parsed.success) return [];
    const { root, source: path, title, position, text, vector } = parsed.data;
    const sharesWords = matchedQueries.includes(WORDS);
    const votes = matchedQueries.includes(VOTES);
    return [{ id, root, source: path, title, position, text, bm25: score, sharesWords, votes, vector }];
  });
}

/**
 * How `hybrid` fuses the ranking by words with the ranking by meaning. A rank does not tell the score behind it (Bruch,
 * Gai and Ingber, TOIS 2023): what shares nothing but "water" with the question can be first by its words, and would
 * outvote the passage that is nearest in meaning. So BM25 has a vote only on passages with two of the question's
 * content words in their text or in their title (OpenSearch's `minimum_should_match`; of a question of one word it asks
 * that one), and one of little weight: it moves up what is near, and brings nothing far among the first. Its numbers
 * are chosen by the set `choose` of examples/rag, see docs/rag.md.
 */
export const FUSION = { leastWords: 2, weights: { words: 0.1, meaning: 0.9 } } as const;
