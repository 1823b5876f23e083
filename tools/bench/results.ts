import { z } from "zod";

/** Units of figures. `ratio` has none; `perSecond` counts whatever the figure's name says. */
const unit = z.enum(["s", "ms", "bytes", "ratio", "perSecond", "perMinute", "count"]);

export type Unit = z.infer<typeof unit>;

/** One thing measured several times. */
const figure = z.object({
  /** What was done, such as `up` or `create`. */
  what: z.string(),
  /** Whose: `ours`, `bare`, `engine floor`, … */
  side: z.string(),
  /** How many models, callers or parts, where the case has several sizes. */
  at: z.number().optional(),
  unit,
  samples: z.array(z.number()).min(1),
  median: z.number(),
  min: z.number(),
  max: z.number(),
});

/** One line of the order's table: a number and what it should be. */
const verdict = z.object({
  name: z.string(),
  value: z.number(),
  unit,
  /** Absent where the order asks for publication only. */
  target: z.object({ is: z.enum(["at most", "at least"]), value: z.number() }).optional(),
  met: z.boolean().optional(),
});

const caseResult = z.object({
  id: z.string(),
  title: z.string(),
  startedAt: z.string(),
  /** On what it was measured: the other cases may be from another machine. */
  processor: z.string().optional(),
  seconds: z.number(),
  /** Load average of the last minute, when the case began and ended. */
  loadBefore: z.number(),
  loadAfter: z.number(),
  /** Version of the OpenSearch it was measured on, with the ML Commons plugin of that release; absent where none counts. */
  opensearch: z
    .string()
    .regex(/^\d+\.\d+\.\d+/)
    .optional(),
  figures: z.array(figure),
  verdicts: z.array(verdict),
  /** What a reader must know to read the figures right. */
  notes: z.array(z.string()),
  /** Why the case could not be measured to its end. */
  error: z.string().optional(),
});

/** What `docs/bench/results.json` holds: the last measurement of every case. */
export const resultsSchema = z.object({
  v: z.literal(1),
  machine: z.object({ processor: z.string(), cores: z.int(), memoryBytes: z.number(), system: z.string() }),
  versions: z.record(z.string(), z.string()),
  /** Runs of each case, unless a case says otherwise. */
  runs: z.int(),
  quick: z.boolean(),
  startedAt: z.string(),
  endedAt: z.string(),
  cases: z.array(caseResult),
});

export type Figure = z.infer<typeof figure>;
export type Verdict = z.infer<typeof verdict>;
export type CaseResult = z.infer<typeof caseResult>;
export type Results = z.infer<typeof resultsSchema>;

/** The new results, and of the cases that were not run the earlier ones, in the order of their numbers. */
export function merged(earlier: Results | undefined, now: Results): Results {
  const ran = new Set(now.cases.map(({ id }) => id));
  const kept = (earlier?.cases ?? []).filter(({ id }) => !ran.has(id));
  const cases = [...kept, ...now.cases].sort((a, b) => compareIds(a.id, b.id));
  return { ...now, cases };
}

/** `B2` before `B10`, `B4` before `B4b`. */
export function compareIds(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}
