import { createHash } from "node:crypto";
import { z } from "zod";

/**
 * What the server accepts in names and descriptions (the pattern of ML Commons' StringUtils, seen on 3.6.0; its text
 * calls it "basic punctuation"). A URN's `$` is not among it. Java's `\s` is these six characters alone: a no-break
 * space, which JavaScript's has too, is refused.
 */
const SAFE = `\\p{L}\\p{N} \\t\\n\\v\\f\\r.,!?():@\\-_'/"`;
export const SAFE_TEXT = new RegExp(`^[${SAFE}]+$`, "u");
export const safeTextRule = `may hold only letters, digits, plain spaces and . , ! ? ( ) : @ - _ ' / "`;

/**
 * A text that the server takes for a name or a description. It is judged as it is sent, with its blanks: cut first, a
 * no-break space at an end would pass, and the server refuses it.
 */
export const safeText = (blankRule: string) =>
  z
    .string("must be text")
    .min(1, blankRule)
    .refine((text) => !/^[ \t\n\v\f\r]*$/.test(text), blankRule)
    .regex(SAFE_TEXT, safeTextRule);

const UNSAFE = new RegExp(`[^${SAFE}]+`, "gu");

/** Twelve hex digits that stand for a resource's URN in texts that cannot hold it. */
export function ownerHash(owner: string): string {
  return createHash("sha256").update(owner).digest("hex").slice(0, 12);
}

/**
 * A name for the server when the program gives none: the resource's logical name and eight digits of its owner, so
 * that two stacks on one cluster do not meet, and the same resource finds its own object again.
 */
export function autoName(owner: string): string {
  return `${logicalName(owner)}-${ownerHash(owner).slice(0, 8)}`;
}

/** The description that an object gets on the server when its program gives none. */
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
 * Name and description as they are kept: the program's, else those already in use (a rename of the stack must not
 * rename the object). A name is made from the owner where there is none, unless the owner is unknown; a description is
 * not, since it is made again whenever it is sent, and the state need not hold it twice.
 */
export function withAutoName<T extends Named>(news: T, olds: Named): T {
  const owner = typeof news.owner === "string" ? news.owner : undefined;
  const name = news.name ?? olds.name ?? (owner && autoName(owner));
  const description = news.description ?? olds.description;
  return { ...news, ...(name === undefined ? {} : { name }), ...(description === undefined ? {} : { description }) };
}
