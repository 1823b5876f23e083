import type { OpenSearchServer } from "../../clients/opensearch/server";
import type { PassageIndex } from "../../rag/passage-index";
import { LEAST_SIMILARITY } from "../../rag/relevance";
import { type FoundPassage, Retrieval, retrieve } from "../../rag/retrieve";
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
  readonly index: PassageIndex;
  readonly embeddingModelId: string;
}

/** Figures of one way to retrieve, for some of the questions. */
export interface RecallRow extends RecallFigures {
  readonly retrieval: Retrieval;
  readonly set: "choose" | "report" | "all";
  readonly kind: "literal" | "paraphrased" | "both";
}

export interface RecallMeasures {
  readonly rows: readonly RecallRow[];
  /** Milliseconds of one retrieval, the question's vector included: the median of all questions. */
  readonly milliseconds: Readonly<Record<Retrieval, number>>;
  readonly threshold: {
    /** What `rag ask` has, on the questions it was not chosen by. */
    readonly report: ThresholdFigures;
    readonly choose: ThresholdFigures;
    /** What the questions to choose by choose; `rag ask` should have it. */
    readonly chosen: ThresholdFigures;
  };
  /** Questions whose passage was not among the first three. */
  readonly missed: readonly { readonly retrieval: Retrieval; readonly question: string; readonly found: string }[];
}

/** Asks every question in every way. */
export async function measureRecall(searched: Searched, questions: readonly RecallQuestion[]): Promise<RecallMeasures> {
  const rows: RecallRow[] = [];
  const missed: RecallMeasures["missed"][number][] = [];
  const nearness: (Nearness & { set: string })[] = [];
  const milliseconds = {} as Record<Retrieval, number>;
  for (const retrieval of Object.values(Retrieval)) {
    const ranked: { question: AnsweredQuestion; rank?: number }[] = [];
    const times: number[] = [];
    for (const question of questions) {
      const started = performance.now();
      const { passages, nearest } = await retrieve({
        ...searched,
        question: question.question,
        retrieval,
        top: RANKS_LOOKED_AT,
      });
      times.push(performance.now() - started);
      if (retrieval === Retrieval.hybrid) {
        nearness.push({ answered: question.kind !== "unanswered", similarity: nearest ?? 0, set: question.set });
      }
      if (question.kind === "unanswered") continue;
      const rank = rankOf(passages, question);
      ranked.push({ question, rank });
      if (rank === undefined || rank > 3)
        missed.push({ retrieval, question: question.question, found: nameOf(passages[0]) });
    }
    milliseconds[retrieval] = Math.round(median(times));
    rows.push(...rowsOf(retrieval, ranked));
  }
  const of = (set: string) => nearness.filter((each) => each.set === set);
  const threshold = {
    report: thresholdFigures(of("report"), LEAST_SIMILARITY),
    choose: thresholdFigures(of("choose"), LEAST_SIMILARITY),
    chosen: highestThreshold(of("choose")),
  };
  return { rows, milliseconds, threshold, missed };
}

function rowsOf(retrieval: Retrieval, ranked: readonly { question: AnsweredQuestion; rank?: number }[]): RecallRow[] {
  const rows: RecallRow[] = [];
  for (const set of ["choose", "report", "all"] as const) {
    for (const kind of ["literal", "paraphrased", "both"] as const) {
      const fitting = ranked.filter(
        ({ question }) => (set === "all" || question.set === set) && (kind === "both" || question.kind === kind),
      );
      rows.push({ retrieval, set, kind, ...recallFigures(fitting) });
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
