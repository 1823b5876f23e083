import { z } from "zod";

const nameRule =
  'must be 1 to 200 characters without control characters, without blanks at its ends, and neither "." nor ".."';
/** The name of a user, a role or a backend role. */
export const securityName = z
  .string("must be text")
  .min(1, nameRule)
  .max(200, nameRule)
  .refine((text) => !/\p{C}/u.test(text) && text.trim() === text && text !== "." && text !== "..", nameRule);

const entryRule = "must not be blank";
/** A list of names, where the server takes no blank ones. */
export function namesSchema(what: string) {
  return z.array(z.string("must be text").trim().min(1, entryRule), `must be a list of ${what}`);
}
