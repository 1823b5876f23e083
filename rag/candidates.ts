import { z } from "zod";
import type { Hit } from "../clients/opensearch/documents";
import { VECTOR_FIELD } from "../providers/search-index/passages";
import { contentWords } from "./content-words";

/** A passage that is looked at more closely. */
export interface Candidate {
  readonly id: string;
  readonly source: string;
  readonly title: string;
  readonly position: number;
  readonly text: string;
  /** The server's BM25 score. Means something only where `sharesWords`. */
  readonly bm25: number;
  /** True where the passage has a word of the question. */
  readonly sharesWords: boolean;
  /** Empty where it was not asked for. */
  readonly vector: readonly number[];
}

export const PASSAGE_FIELDS_SHOWN = ["text", "title", "source", "position"];

const WORDS = "words";

/** The BM25 part of every search: a hit in the title counts twice. */
export function wordsQuery(question: string): Record<string, unknown> {
  return { multi_match: { query: contentWords(question), fields: ["text", "title^2"] } };
}

/**
 * Asks for the passages with the best BM25 scores and, after them, for others until `size` is reached, so that an
 * index of up to `size` passages is looked at as a whole, also at what shares no word with the question.
 */
export function candidateQuery(question: string, size: number, withVectors: boolean): Record<string, unknown> {
  const { multi_match: match } = wordsQuery(question);
  const words = { multi_match: { ...(match as object), _name: WORDS } };
  const should = withVectors ? [words, { match_all: { boost: 0 } }] : [words];
  return {
    size,
    query: { bool: { should } },
    _source: withVectors ? [...PASSAGE_FIELDS_SHOWN, VECTOR_FIELD] : PASSAGE_FIELDS_SHOWN,
  };
}

const passage = z.looseObject({
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
    const { source: path, title, position, text, vector } = parsed.data;
    const sharesWords = matchedQueries.includes(WORDS);
    return [{ id, source: path, title, position, text, bm25: score, sharesWords, vector }];
  });
}
