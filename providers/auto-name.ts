import { createHash } from "node:crypto";

/**
 * What the server accepts in names and descriptions: letters, digits, spaces and `.,!?():@-_'/"` (seen on 3.4.0; the
 * server's text calls it "basic punctuation"). A URN's `$` is not among it.
 */
export const SAFE_TEXT = /^[\p{L}\p{N}\s.,!?():@\-_'/"]+$/u;
export const safeTextRule = `may hold only letters, digits, spaces and . , ! ? ( ) : @ - _ ' / "`;
const UNSAFE = /[^\p{L}\p{N}\s.,!?():@\-_'/"]+/gu;

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
