import type { CaseResult } from "../results";
import { table } from "./table";

const HOURS_A_MONTH = 730;
const TOKENS_OF_AN_ANSWER = 100;
const BUSY_SHARE = 0.5;

/** The guide's cost table with the numbers measured: what one machine answers, and what an answer then costs. */
export function costBlock(guide: CaseResult | undefined): string {
  const speeds = (guide?.figures ?? []).filter(({ what, unit }) => what === "tokens" && unit === "perSecond");
  if (speeds.length === 0) return "Not measured yet.";
  const rows = speeds.map(({ side, median }) => {
    const answers = answersAMonth(median);
    return [
      side,
      median.toFixed(1),
      Math.round(answers).toLocaleString("en-US"),
      `${(1_000 / answers).toPrecision(2)} × the machine's monthly price`,
    ];
  });
  const head = [
    "model",
    "tokens/s",
    `answers of ${TOKENS_OF_AN_ANSWER} tokens a month, half the time busy`,
    "1,000 answers cost",
  ];
  return table(head, rows);
}

/** What a machine that answers one question at a time, and is busy half the time, gets through in a month. */
function answersAMonth(tokensPerSecond: number): number {
  return (tokensPerSecond * 3600 * HOURS_A_MONTH * BUSY_SHARE) / TOKENS_OF_AN_ANSWER;
}
