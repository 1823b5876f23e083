import type { RecallMeasures } from "./measure";

/** What `npm run recall` keeps in docs/bench/recall.json. */
export interface RecallResults extends RecallMeasures {
  readonly v: 2;
  readonly measuredAt: string;
  readonly machine: { readonly processor: string; readonly cores: number };
  /** Load average of the minute before and at the end of the questions. */
  readonly load: { readonly before: number; readonly after: number };
  readonly versions: Readonly<Record<string, string>>;
  readonly corpus: {
    readonly files: number;
    readonly passages: number;
    readonly answered: number;
    readonly unanswered: number;
  };
  /** Passages a second while the documents were ingested. */
  readonly ingestedPerSecond: number;
}
