import { describe, expect, it } from "vitest";
import { LEAST_SIMILARITY } from "../../../rag/relevance";
import { recallOf } from "../../../tools/bench/recall/measure";

const answered = (kind: "literal" | "paraphrased", rank: number | undefined, nearest: number) => ({
  question: { question: "?", set: "report" as const, kind, source: "a.md", heading: "A" },
  rank,
  nearest,
  milliseconds: 1,
});
const unanswered = (nearest: number) => ({
  question: { question: "?", set: "report" as const, kind: "unanswered" as const },
  rank: undefined,
  nearest,
  milliseconds: 2,
});

describe("recallOf", () => {
  const recall = recallOf({ retrieval: "dense", by: "cluster" }, [
    answered("literal", 1, 0.9),
    answered("literal", 3, LEAST_SIMILARITY),
    answered("paraphrased", undefined, LEAST_SIMILARITY - 0.01),
    answered("paraphrased", 2, 0.9),
    unanswered(0.9),
    unanswered(0),
  ]);

  it("is the share of answered questions whose passage is among the first", () => {
    expect([recall.found("literal", 1), recall.found("literal", 3)]).toStrictEqual([0.5, 1]);
    expect([recall.found("paraphrased", 1), recall.found("paraphrased", 3)]).toStrictEqual([0, 0.5]);
    expect(recall.found("both", 3)).toBe(0.75);
  });

  it("tells which questions reach the model by the threshold", () => {
    expect([recall.reached("answered"), recall.reached("unanswered")]).toStrictEqual([0.75, 0.5]);
  });
});
