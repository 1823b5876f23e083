import { z } from "zod";
import type { Hit } from "../clients/opensearch/documents";
import { VECTOR_FIELD } from "../providers/search-index/passages";
import { contentWords } from "./content-words";

/** A passage that may be among the results. */
export interface Candidate {
  readonly id: string;
  /** Identifies the folder that it was ingested from. Absent in passages of earlier releases. */
  readonly root?: string;
  readonly source: string;
  readonly title: string;
  readonly position: number;
  readonly text: string;
  /** The server's BM25 score. Meaningless unless `sharesWords`. */
  readonly bm25: number;
  /** Whether the passage has a word of the question. */
  readonly sharesWords: boolean;
  /** Whether its BM25 rank counts when both rankings are fused. */
  readonly votes: boolean;
  /** Empty unless requested. */
  readonly vector: readonly number[];
}

export const PASSAGE_FIELDS_SHOWN = ["text", "title", "root", "source", "position"];

const WORDS = "words";
const VOTES = "votes";

/** The BM25 query. A match in the title counts twice. */
function wordsQuery(question: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { multi_match: { query: contentWords(question), fields: ["text", "title^2"], ...more } };
}

/** The BM25 query for fusion. It matches only passages with enough of the question's words. */
export function votingQuery(question: string): Record<string, unknown> {
  return {
    bool: { must: [wordsQuery(question)], filter: [wordsQuery(question, { minimum_should_match: FUSION.leastWords })] },
  };
}

/**
 * Asks for the passages with the best BM25 scores and fills up to `size` with others. So an index of up to `size`
 * passages is ranked as a whole, including passages that share no word with the question.
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

/** The passages among hits. Other documents are left out. */
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
 * How `hybrid` fuses the BM25 ranking with the ranking by similarity. A rank hides the score behind it (Bruch, Gai and
 * Ingber, TOIS 2023): a passage that only shares "water" with the question can rank first in BM25 and would then beat
 * the most similar passage. So a BM25 rank counts only for passages with two of the question's content words in text or
 * title (OpenSearch's `minimum_should_match`; one for a question of one word), and has little weight: it lifts similar
 * passages but never brings dissimilar ones to the top. The numbers were tuned on the set `choose` of examples/rag, see
 * docs/rag.md.
 */
export const FUSION = { leastWords: 2, weights: { words: 0.1, meaning: 0.9 } } as const;
