import { describe, expect, it } from "vitest";
import { highestThreshold, recallFigures, thresholdFigures } from "../../../tools/bench/recall/metrics";

describe("recall", () => {
  it("counts what is first, what is among three, and how high it stands on average", () => {
    expect(recallFigures([{ rank: 1 }, { rank: 3 }, { rank: 4 }, {}])).toEqual({
      questions: 4,
      recallAt1: 0.25,
      recallAt3: 0.5,
      meanReciprocalRank: 0.396,
    });
  });

  it("gives nothing for what is beyond the tenth place", () => {
    expect(recallFigures([{ rank: 11 }]).meanReciprocalRank).toBe(0);
  });
});

describe("a threshold", () => {
  const found = [
    ...[0.9, 0.8, 0.7, 0.6, 0.5, 0.45, 0.42, 0.41, 0.4, 0.12].map((similarity) => ({ answered: true, similarity })),
    ...[0.5, 0.3, 0.2, 0.1].map((similarity) => ({ answered: false, similarity })),
  ];

  it("keeps answered questions at or above it, and refuses unanswered ones below it", () => {
    expect(thresholdFigures(found, 0.4)).toEqual({ threshold: 0.4, kept: 0.9, refused: 0.75 });
  });

  it("is chosen as high as nine of ten answered questions allow", () => {
    expect(highestThreshold(found)).toEqual({ threshold: 0.4, kept: 0.9, refused: 0.75 });
  });
});
