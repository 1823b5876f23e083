import type { z } from "zod";

/**
 * Checks a value against a schema. Zod, left alone, compiles a schema of an object when the first value comes, some
 * milliseconds for each in a cold process; a process of this package sees few values of each, so they are interpreted.
 */
export function validate<T>(schema: z.ZodType<T>, value: unknown): z.ZodSafeParseResult<T> {
  return schema.safeParse(value, { jitless: true });
}
