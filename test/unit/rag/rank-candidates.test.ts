import { expect, it } from "vitest";
import { type Candidate, candidatesOf } from "../../../rag/candidates";
import { Retrieval, rankCandidates } from "../../../rag/retrieve";

const question = [1, 0];

interface Found {
  readonly id: string;
  readonly score?: number;
  /** Names of the queries that it fits: the server tells by them what a passage shares. */
  readonly matched?: readonly string[];
  /** How far its vector turns away from the question's. */
  readonly away?: number;
}

function candidates(...found: readonly Found[]): Candidate[] {
  return candidatesOf(
    found.map(({ id, score = 0, matched = [], away = 0 }) => {
      const source = { source: "a.md", title: id, position: 0, text: id, vector: [1, away] };
      return { id, score, matchedQueries: [...matched], sort: [], source };
    }),
  );
}

const ranked = (retrieval: Retrieval, ...found: readonly Found[]) =>
  rankCandidates(candidates(...found), question, retrieval).map(({ id }) => id);

const oneWord: Found = { id: "one word", score: 9, matched: ["words"], away: 0.3 };
const twoWords: Found = { id: "two words", score: 2, matched: ["words", "votes"], away: 0.3 };
const near = { id: "near", away: 0.1 };
const next = { id: "next", away: 0.2 };
const crowd = Array.from({ length: 20 }, (_, at) => ({ id: `near ${at}`, away: (at + 1) / 100 }));

it("fused, one word of several shared with the question moves no passage", () => {
  expect(ranked(Retrieval.hybrid, oneWord, next, near)).toEqual(["near", "next", "one word"]);
});

it("fused, two words move a passage before somewhat nearer ones", () => {
  expect(ranked(Retrieval.hybrid, twoWords, next, near)).toEqual(["two words", "near", "next"]);
});

it("fused, two words do not bring a passage that is far in meaning among the first", () => {
  expect(ranked(Retrieval.hybrid, twoWords, ...crowd).slice(0, 3)).toEqual(["near 0", "near 1", "near 2"]);
});

it("by words alone, one word is enough", () => {
  expect(ranked(Retrieval.bm25, twoWords, near, oneWord)).toEqual(["one word", "two words"]);
});

it("by meaning alone, words count for nothing", () => {
  expect(ranked(Retrieval.dense, twoWords, next, near)).toEqual(["near", "next", "two words"]);
});
