import { randomBytes } from "node:crypto";
import { ExplainedError } from "../../diagnosis/explained-error";
import { ownerDescription, ownerHash } from "./auto-name";
import { backend } from "./backend";
import { shortHash } from "./compare";

/**
 * Written into each server object to identify the resource that created it. Later runs use it to find objects of an
 * interrupted run, even if the program has changed name, description or body since.
 */
export interface Mark {
  /** Hash of the stack: backend, organization, project and name. Absent in marks of releases up to 0.2. */
  readonly stack?: string;
  /** Hash of the resource's URN (see `ownerHash`). */
  readonly owner: string;
  /** Random id of the `create` that made the object or took it over last. Absent in marks of releases up to 0.2. */
  readonly instance?: string;
}

/** Hidden inputs that identify the resource and its stack. */
export interface Owned {
  /** URN of the resource. */
  readonly owner?: string;
  /** Organization of the stack, if its backend has organizations. */
  readonly ownerOrganization?: string;
}

const STACK_DIGITS = 8;

/** Hash of a resource's stack, as eight hex digits. A stack of the same project and name in another backend differs. */
export function stackMark({ owner = "", ownerOrganization = "" }: Owned, home = backend()): string {
  const [stack, project] = owner.replace(/^urn:pulumi:/, "").split("::");
  return shortHash([home, ownerOrganization, project, stack]).slice(0, STACK_DIGITS);
}

/** A random id for the object of one `create`. */
export function newInstance(): string {
  return randomBytes(6).toString("hex");
}

/** The mark of a resource. `undefined` without an owner: such a resource never recognizes an object as its own. */
export function markOf(owned: Owned, instance: string | undefined): Mark | undefined {
  if (!owned.owner) return undefined;
  return { stack: stackMark(owned), owner: ownerHash(owned.owner), ...(instance === undefined ? {} : { instance }) };
}

const MARK = /^(.*?) ?\(Pulumi ([0-9a-f]{8})\/([0-9a-f]{12})(?:\/([0-9a-f]{12}))?\)$/s;
/** Descriptions that releases up to 0.2 generated. */
const EARLIER = /^Managed by Pulumi: .*, owner ([0-9a-f]{12})$/s;

/**
 * The description to send: the program's or a generated one, followed by the mark. Models and groups have no other
 * field that the server stores, returns and searches.
 */
export function descriptionOf(
  inputs: Owned & { readonly description?: string },
  mark: Mark | undefined,
): string | undefined {
  if (mark === undefined || inputs.owner === undefined) return inputs.description;
  const parts = [mark.stack, mark.owner, mark.instance].filter((part) => part !== undefined);
  return `${inputs.description ?? ownerDescription(inputs.owner)} (Pulumi ${parts.join("/")})`;
}

/** The mark in an object's description, if it has one. */
export function markIn({ description }: { readonly description?: string }): Mark | undefined {
  return parseDescription(description).mark;
}

/** Splits a description from the server into the program's description and the mark. */
export function parseDescription(text: string | undefined): { readonly description?: string; readonly mark?: Mark } {
  const [, description, stack, owner, instance] = MARK.exec(text ?? "") ?? [];
  if (stack !== undefined && owner !== undefined) return { description, mark: { stack, owner, instance } };
  const earlier = EARLIER.exec(text ?? "")?.[1];
  return { description: text, ...(earlier === undefined ? {} : { mark: { owner: earlier } }) };
}

/** Whether both marks belong to the same resource of the same stack. */
export function sameResource(one: Mark | undefined, other: Mark | undefined): boolean {
  return one !== undefined && other !== undefined && one.owner === other.owner && one.stack === other.stack;
}

/** End of the warning that a refresh prints when a late request of an interrupted run created another object. */
export function lateObjectWarning(object: string): string {
  return (
    `${object} has its mark too: a late request of an interrupted run created it. ` +
    "pulumi destroy removes it together with this resource, ollama-chat doctor --fix right away"
  );
}

/** Whether a later `create` took the object over. This state must not delete it then. */
export function isTakenOver(found: Pick<Mark, "instance"> | undefined, state: { readonly instance?: string }): boolean {
  return found?.instance !== undefined && found.instance !== state.instance;
}

/** The error for an `adoptId` that does not exist on the cluster. */
export function nothingToAdopt(kind: string, id: string, endpoint: string): ExplainedError {
  return new ExplainedError({
    what: `There is no ${kind} ${id} on ${endpoint}.`,
    cause: "adoptId names an object that was deleted, or that is on another cluster.",
    fix: "Correct adoptId, or leave it out to create a new one.",
  });
}
