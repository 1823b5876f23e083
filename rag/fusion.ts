/**
 * How `hybrid` fuses the ranking by words with the ranking by meaning. A rank does not tell the score behind it (Bruch,
 * Gai and Ingber, TOIS 2023): what shares nothing but "water" with the question can be first by its words, and would
 * outvote the passage that is nearest in meaning. So BM25 has a vote only on passages with two of the question's
 * content words in their text or in their title (OpenSearch's `minimum_should_match`; of a question of one word it asks
 * that one), and one of little weight: it moves up what is near, and brings nothing far among the first. Its numbers
 * are chosen by the set `choose` of examples/rag, see docs/rag.md.
 */
export const FUSION = { leastWords: 2, weights: { words: 0.1, meaning: 0.9 } } as const;
