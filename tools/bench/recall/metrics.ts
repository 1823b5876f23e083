/** How well a ranking finds what was expected; `rank` counts from 1 and is absent where it was not found. */
export interface Ranked {
  readonly rank?: number;
}

export interface RecallFigures {
  readonly questions: number;
  readonly recallAt1: number;
  readonly recallAt3: number;
  /** Mean of 1 / rank, 0 where it was not among the first ten. */
  readonly meanReciprocalRank: number;
}

export const RANKS_LOOKED_AT = 10;

export function recallFigures(ranked: readonly Ranked[]): RecallFigures {
  const share = (most: number) =>
    ranked.filter(({ rank }) => rank !== undefined && rank <= most).length / ranked.length;
  const reciprocal = ranked.map(({ rank }) => (rank === undefined || rank > RANKS_LOOKED_AT ? 0 : 1 / rank));
  const mean = reciprocal.reduce((sum, each) => sum + each, 0) / ranked.length;
  return {
    questions: ranked.length,
    recallAt1: rounded(share(1)),
    recallAt3: rounded(share(3)),
    meanReciprocalRank: rounded(mean),
  };
}

/** Whether a question is answered by the documents, and how near the nearest passage came. */
export interface Nearness {
  readonly answered: boolean;
  readonly similarity: number;
}

export interface ThresholdFigures {
  readonly threshold: number;
  /** Share of answered questions that reach the model. */
  readonly kept: number;
  /** Share of unanswered questions that do not. */
  readonly refused: number;
}

export function thresholdFigures(found: readonly Nearness[], threshold: number): ThresholdFigures {
  const share = (answered: boolean, test: (similarity: number) => boolean) => {
    const of = found.filter((each) => each.answered === answered);
    return rounded(of.filter(({ similarity }) => test(similarity)).length / of.length);
  };
  return {
    threshold,
    kept: share(true, (similarity) => similarity >= threshold),
    refused: share(false, (similarity) => similarity < threshold),
  };
}

/** Refusing a question that the documents answer is worse than asking the model one that they do not. */
const LEAST_KEPT = 0.9;

/** The highest threshold, in steps of 0.05, that keeps nine of ten answered questions. */
export function highestThreshold(found: readonly Nearness[]): ThresholdFigures {
  const steps = Array.from({ length: 20 }, (_, step) => thresholdFigures(found, (step * 5) / 100));
  return steps.findLast(({ kept }) => kept >= LEAST_KEPT) ?? thresholdFigures(found, 0);
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
