import { z } from "zod";

/** The answer to writes and deletes; `result` is `deleted`, `updated` or `not_found`. */
export const writeAnswer = z.looseObject({ result: z.string().optional(), status: z.unknown().optional() });

/** For answers of which only the status matters. */
export const anyObject = z.looseObject({});

/** The parts of a search answer that are used: ids, and documents of this form. */
export function searchAnswer<T extends z.ZodType>(source: T) {
  return z.object({ hits: z.object({ hits: z.array(z.object({ _id: z.string(), _source: source })) }) });
}
