import { z } from "zod";

const unit = z.enum(["s", "ms", "bytes", "share"]);
const samples = z.array(z.number()).min(1);

/** One row of the page: what was measured, what stands beside it, and when a user should act. */
const row = z.strictObject({
  what: z.string(),
  unit,
  samples,
  /** What it is compared with; the quotient is over the sum of their medians. */
  beside: z.array(z.strictObject({ name: z.string(), samples })),
  act: z.strictObject({
    /** Of the median itself, or of the quotient over what stands beside it. */
    on: z.enum(["value", "quotient"]),
    is: z.enum(["above", "below"]),
    limit: z.number(),
    /** What to do then. */
    advice: z.string(),
  }),
});

const caseResult = z.strictObject({
  /** The case's name on the command line. */
  id: z.string(),
  startedAt: z.string(),
  /** Cases may have been measured on different machines. */
  machine: z.string(),
  /** Load average of the last minute, before the case and after it. */
  load: z.tuple([z.number(), z.number()]),
  seconds: z.number(),
  rows: z.array(row),
  /** A table of its own, for the page that tells about the subject. */
  detail: z.strictObject({ head: z.array(z.string()), rows: z.array(z.array(z.string())) }).optional(),
  /** Why the case was not measured to its end. */
  error: z.string().optional(),
});

/** What `docs/bench/results.json` holds: the last measurement of every case. */
export const resultsSchema = z.strictObject({
  v: z.literal(2),
  versions: z.record(z.string(), z.string()),
  cases: z.array(caseResult),
});

export type Unit = z.infer<typeof unit>;
export type Row = z.infer<typeof row>;
/** What a case measures. */
export type Measured = Pick<CaseResult, "rows" | "detail">;
export type CaseResult = z.infer<typeof caseResult>;
export type Results = z.infer<typeof resultsSchema>;

/** The new results, and the earlier ones of the cases that did not run, in the order of `ids`. */
export function merged(earlier: Results | undefined, now: Results, ids: readonly string[]): Results {
  const all = [...(earlier?.cases ?? []), ...now.cases];
  return { ...now, cases: ids.flatMap((id) => all.findLast((each) => each.id === id) ?? []) };
}
