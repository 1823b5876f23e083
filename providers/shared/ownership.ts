import { randomBytes } from "node:crypto";
import { ExplainedError } from "../../diagnosis/explained-error";
import { ownerDescription, ownerHash } from "./auto-name";
import { backend } from "./backend";
import { shortHash } from "./compare";

/**
 * What an object on the server says of the resource that made it. By this an interrupted run's object is known again,
 * whatever the program says of name, description and body by then.
 */
export interface Mark {
  /** Stands for the stack: backend, organization, project and name. Absent in marks of releases up to 0.2. */
  readonly stack?: string;
  /** Stands for the resource's URN (see `ownerHash`). */
  readonly owner: string;
  /** Random; changes hands when a later resource takes the object over. Absent on objects of releases up to 0.2. */
  readonly instance?: string;
}

/** The hidden inputs that say which resource of which stack this is. */
export interface Owned {
  /** URN of the resource. */
  readonly owner?: string;
  /** Organization of the stack, where its backend has any. */
  readonly ownerOrganization?: string;
}

const STACK_DIGITS = 8;

/** Eight hex digits that stand for the stack of a resource. The same project and stack name in another backend has others. */
export function stackMark({ owner = "", ownerOrganization = "" }: Owned, home = backend()): string {
  const [stack, project] = owner.replace(/^urn:pulumi:/, "").split("::");
  return shortHash([home, ownerOrganization, project, stack]).slice(0, STACK_DIGITS);
}

/** Tells what one create made from what any other did. */
export function newInstance(): string {
  return randomBytes(6).toString("hex");
}

/** The mark of a resource; `undefined` without an owner, so that nothing is ever taken for its own. */
export function markOf(owned: Owned, instance: string | undefined): Mark | undefined {
  if (!owned.owner) return undefined;
  return { stack: stackMark(owned), owner: ownerHash(owned.owner), ...(instance === undefined ? {} : { instance }) };
}

const MARK = /^(.*?) ?\(Pulumi ([0-9a-f]{8})\/([0-9a-f]{12})(?:\/([0-9a-f]{12}))?\)$/s;
/** What releases up to 0.2 wrote where the program gave no description. */
const EARLIER = /^Managed by Pulumi: .*, owner ([0-9a-f]{12})$/s;

/**
 * What is sent for a description: the program's, or one that names resource and stack, and the mark behind it. Models
 * and groups have no other place that the server keeps, shows and searches.
 */
export function descriptionOf(
  inputs: Owned & { readonly description?: string },
  mark: Mark | undefined,
): string | undefined {
  if (mark === undefined || inputs.owner === undefined) return inputs.description;
  const parts = [mark.stack, mark.owner, mark.instance].filter((part) => part !== undefined);
  return `${inputs.description ?? ownerDescription(inputs.owner)} (Pulumi ${parts.join("/")})`;
}

/** A description as the program gave it, and the mark that stood behind it. */
export function undescribed(text: string | undefined): { readonly description?: string; readonly mark?: Mark } {
  const [, description, stack, owner, instance] = MARK.exec(text ?? "") ?? [];
  if (stack !== undefined && owner !== undefined) return { description, mark: { stack, owner, instance } };
  const earlier = EARLIER.exec(text ?? "")?.[1];
  return { description: text, ...(earlier === undefined ? {} : { mark: { owner: earlier } }) };
}

/** Whether both marks are of one resource of one stack. */
export function sameResource(one: Mark | undefined, other: Mark | undefined): boolean {
  return one !== undefined && other !== undefined && one.owner === other.owner && one.stack === other.stack;
}

/** Completes the warning that a refresh prints of an object that an interrupted run made after all. */
export function leftBeside(object: string): string {
  return (
    `${object} carries its mark too, so a request of an interrupted run arrived late. ` +
    "pulumi destroy removes it together with this resource, ollama-chat doctor --fix at once"
  );
}

/** Whether a later create took over what is kept in this state: then the object is not this state's to delete. */
export function isTakenOver(found: Pick<Mark, "instance"> | undefined, state: { readonly instance?: string }): boolean {
  return found?.instance !== undefined && found.instance !== state.instance;
}

/** The failure of a take-over by an id that the cluster does not know. */
export function nothingToAdopt(kind: string, id: string, endpoint: string): ExplainedError {
  return new ExplainedError({
    what: `There is no ${kind} ${id} on ${endpoint}.`,
    cause: "adoptId names an object that was deleted, or that is on another cluster.",
    fix: "Correct adoptId, or leave it out to have a new one made.",
  });
}

/** What the engine and the CLI call the organization of a stack whose backend knows none. */
const NONE = "organization";

/** The organization of a stack, where its backend has any. */
export function organizationNamed(name: string | undefined): string | undefined {
  return name === NONE ? undefined : name;
}
