import { createHash } from "node:crypto";
import { z } from "zod";

/**
 * Characters that the server accepts in names and descriptions: the pattern in ML Commons' StringUtils, seen on 3.6.0,
 * whose message calls them "basic punctuation". The `$` of a URN is not allowed. Java's `\s` matches only these six
 * white space characters, so the server refuses a no-break space, which JavaScript's `\s` would match.
 */
const SAFE = `\\p{L}\\p{N} \\t\\n\\v\\f\\r.,!?():@\\-_'/"`;
export const SAFE_TEXT = new RegExp(`^[${SAFE}]+$`, "u");
export const safeTextRule = `may hold only letters, digits, plain spaces and . , ! ? ( ) : @ - _ ' / "`;

/**
 * Text that the server accepts as a name or a description. Checked untrimmed, as it is sent: trimming would let a
 * leading or trailing no-break space pass, which the server refuses.
 */
export const safeText = (blankRule: string) =>
  z
    .string("must be text")
    .min(1, blankRule)
    .refine((text) => !/^[ \t\n\v\f\r]*$/.test(text), blankRule)
    .regex(SAFE_TEXT, safeTextRule);

const UNSAFE = new RegExp(`[^${SAFE}]+`, "gu");

/** Hash of a resource's URN, as twelve hex digits. Used where the URN itself is not allowed. */
export function ownerHash(owner: string): string {
  return createHash("sha256").update(owner).digest("hex").slice(0, 12);
}

/**
 * Name of the server object when the program gives none: the resource's logical name and eight hex digits of its
 * owner's hash. Two stacks on one cluster get different names, and the same resource always gets the same one.
 */
export function autoName(owner: string): string {
  return `${logicalName(owner)}-${ownerHash(owner).slice(0, 8)}`;
}

/** Description of the server object when the program gives none. */
export function ownerDescription(owner: string): string {
  const [stack, project] = owner.replace(/^urn:pulumi:/, "").split("::");
  return `Managed by Pulumi: ${logicalName(owner)} of ${project?.replaceAll(UNSAFE, "-") || "a project"}/${stack?.replaceAll(UNSAFE, "-") || "a stack"}`;
}

function logicalName(owner: string): string {
  return owner.slice(owner.lastIndexOf("::") + 2).replaceAll(UNSAFE, "-");
}

interface Named {
  readonly name?: unknown;
  readonly description?: unknown;
  readonly owner?: unknown;
}

/**
 * Fills in `name`: the program's, else the stored one, else one generated from the owner if that is known. Renaming a
 * stack never renames the server object. `description` is the program's or the stored one; a generated description is
 * built on every write and never stored.
 */
export function withAutoName<T extends Named>(news: T, olds: Named): T {
  const owner = typeof news.owner === "string" ? news.owner : undefined;
  const name = news.name ?? olds.name ?? (owner && autoName(owner));
  const description = news.description ?? olds.description;
  return { ...news, ...(name === undefined ? {} : { name }), ...(description === undefined ? {} : { description }) };
}
