import { z } from "zod";

/** What index-style writes and deletes answer; `result` is `deleted`, `updated` or `not_found`. */
export const writeAnswer = z.looseObject({ result: z.string().optional(), status: z.unknown().optional() });

/** An answer of which only the status counts. */
export const anyObject = z.looseObject({});

/** What a search answers, as far as it is looked at: ids, and documents of this form. */
export function searchAnswer<T extends z.ZodType>(source: T) {
  return z.object({ hits: z.object({ hits: z.array(z.object({ _id: z.string(), _source: source })) }) });
}
