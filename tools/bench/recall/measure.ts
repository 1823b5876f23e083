import type { OpenSearchServer } from "../../../clients/opensearch/server";
import type { PassageIndex } from "../../../rag/passage-index";
import { LEAST_SIMILARITY } from "../../../rag/relevance";
import { type FoundPassage, type Ranking, Retrieval, retrieve } from "../../../rag/retrieve";
import { median } from "../statistics";
import {
  highestThreshold,
  type Nearness,
  RANKS_LOOKED_AT,
  type RecallFigures,
  recallFigures,
  type ThresholdFigures,
  thresholdFigures,
} from "./metrics";
import type { AnsweredQuestion, RecallQuestion } from "./questions";

export interface Searched {
  readonly server: OpenSearchServer;
  /** An index whose vectors the cluster searches. */
  readonly index: PassageIndex;
  readonly embeddingModelId: string;
}

/** How passages are retrieved, and who ranks them. */
export interface WayToRetrieve {
  readonly retrieval: Retrieval;
  readonly by: Ranking["by"];
}

/** The cluster's ways are the default; words alone are ranked by no one else. */
export const WAYS: readonly WayToRetrieve[] = [
  { retrieval: Retrieval.bm25, by: "cluster" },
  { retrieval: Retrieval.dense, by: "cluster" },
  { retrieval: Retrieval.hybrid, by: "cluster" },
  { retrieval: Retrieval.dense, by: "client" },
  { retrieval: Retrieval.hybrid, by: "client" },
];

/** Figures of one way to retrieve, for some of the questions. */
export interface RecallRow extends RecallFigures, WayToRetrieve {
  readonly set: "choose" | "report" | "all";
  readonly kind: "literal" | "paraphrased" | "both";
}

export interface RecallMeasures {
  readonly rows: readonly RecallRow[];
  /** One retrieval, the question's vector included: the median of all questions. */
  readonly times: readonly (WayToRetrieve & { readonly milliseconds: number })[];
  readonly threshold: {
    /** What `rag ask` has, on the questions it was not chosen by. */
    readonly report: ThresholdFigures;
    readonly choose: ThresholdFigures;
    /** What the questions to choose by choose; `rag ask` should have it. */
    readonly chosen: ThresholdFigures;
  };
  /** Questions whose passage was not among the first three. */
  readonly missed: readonly (WayToRetrieve & { readonly question: string; readonly found: string })[];
}

interface Asked {
  readonly question: RecallQuestion;
  readonly passages: readonly FoundPassage[];
  readonly nearest?: number;
  readonly milliseconds: number;
}

/** Asks every question in every way, one way after the other, so that a busy moment of the machine meets them all. */
export async function measureRecall(searched: Searched, questions: readonly RecallQuestion[]): Promise<RecallMeasures> {
  const asked = new Map<WayToRetrieve, Asked[]>(WAYS.map((way) => [way, []]));
  for (const question of questions) {
    for (const [way, answers] of asked) answers.push(await ask(searched, way, question));
  }
  const byDefault = [...asked].find(([{ retrieval, by }]) => retrieval === Retrieval.hybrid && by === "cluster")?.[1];
  const nearness = (set: string): Nearness[] =>
    (byDefault ?? [])
      .filter(({ question }) => question.set === set)
      .map(({ question: { kind }, nearest }) => ({ answered: kind !== "unanswered", similarity: nearest ?? 0 }));
  return {
    rows: [...asked].flatMap(([way, answers]) => rowsOf(way, answers)),
    times: [...asked].map(([way, answers]) => {
      return { ...way, milliseconds: Math.round(median(answers.map(({ milliseconds }) => milliseconds))) };
    }),
    threshold: {
      report: thresholdFigures(nearness("report"), LEAST_SIMILARITY),
      choose: thresholdFigures(nearness("choose"), LEAST_SIMILARITY),
      chosen: highestThreshold(nearness("choose")),
    },
    missed: [...asked].flatMap(([way, answers]) =>
      rankedOf(answers)
        .filter(({ rank }) => rank === undefined || rank > 3)
        .map(({ question, first }) => ({ ...way, question: question.question, found: nameOf(first) })),
    ),
  };
}

/** @throws Error where somebody else ranked than was asked for: the figures would be of another way. */
async function ask(searched: Searched, { retrieval, by }: WayToRetrieve, question: RecallQuestion): Promise<Asked> {
  // Told that the cluster only keeps the vectors, the client ranks, over the same index.
  const index = by === "cluster" ? searched.index : { ...searched.index, searchesVectors: false };
  const started = performance.now();
  const options = { ...searched, index, question: question.question, retrieval, top: RANKS_LOOKED_AT };
  const { passages, nearest, ranking } = await retrieve(options);
  const milliseconds = performance.now() - started;
  if (ranking.by !== by) throw new Error(`${retrieval} was ranked by the ${ranking.by}, not by the ${by}`);
  return { question, passages, nearest, milliseconds };
}

interface RankedQuestion {
  readonly question: AnsweredQuestion;
  readonly rank?: number;
  readonly first?: FoundPassage;
}

function rankedOf(answers: readonly Asked[]): RankedQuestion[] {
  return answers.flatMap(({ question, passages }) =>
    question.kind === "unanswered" ? [] : [{ question, rank: rankOf(passages, question), first: passages[0] }],
  );
}

function rowsOf(way: WayToRetrieve, answers: readonly Asked[]): RecallRow[] {
  const ranked = rankedOf(answers);
  const rows: RecallRow[] = [];
  for (const set of ["choose", "report", "all"] as const) {
    for (const kind of ["literal", "paraphrased", "both"] as const) {
      const fitting = ranked.filter(
        ({ question }) => (set === "all" || question.set === set) && (kind === "both" || question.kind === kind),
      );
      rows.push({ ...way, set, kind, ...recallFigures(fitting) });
    }
  }
  return rows;
}

/** Where the expected passage stands: the right file and the right heading. */
function rankOf(passages: readonly FoundPassage[], { source, heading }: AnsweredQuestion): number | undefined {
  const at = passages.findIndex((passage) => passage.source === source && passage.title.endsWith(`> ${heading}`));
  return at < 0 ? undefined : at + 1;
}

function nameOf(passage: FoundPassage | undefined): string {
  return passage === undefined ? "nothing" : `${passage.source}: ${passage.title}`;
}
