import { z } from "zod";

/** What index-style writes and deletes answer; `result` is `deleted`, `updated` or `not_found`. */
export const writeAnswer = z.looseObject({ result: z.string().optional(), status: z.unknown().optional() });
