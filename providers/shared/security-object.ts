import { clusterInfo } from "../../clients/opensearch/cluster";
import {
  deleteSecurityObject,
  getSecurityObject,
  isHidden,
  patchSecurityObject,
  putSecurityObject,
} from "../../clients/opensearch/security";
import type { SecurityKind, SecurityObject } from "../../clients/opensearch/security-kinds";
import type { OpenSearchServer } from "../../clients/opensearch/server";
import { report } from "../../clients/report";
import { Deadline } from "../../clients/wait";
import { ExplainedError } from "../../diagnosis/explained-error";
import { changedKeys, pick } from "./compare";
import type { Connection } from "./connection";
import { isTakenOver, type Mark, markIn, markOf, newInstance, type Owned, sameResource } from "./ownership";
import { oneAtATime } from "./run-memory";
import { sharedServer } from "./shared-server";
import { type Timeouts, timeoutMilliseconds } from "./timeouts";

/** Queue for writes to the security plugin, which stores all objects of a kind in one document (see `oneAtATime`). */
export const securityQueue = (clusterUuid: string): string => `${clusterUuid}/security`;

/** Sorts a list whose order has no meaning, so that another order is no change. */
export function inOrder<T>(list: T): T {
  return Array.isArray(list) ? ([...list].sort() as T) : list;
}

interface Wanted<D extends SecurityObject, F> {
  readonly server: OpenSearchServer;
  readonly kind: SecurityKind<D, F>;
  readonly name: string;
  /** What is written; its description holds the mark. */
  readonly fields: F;
  readonly mark: Mark | undefined;
  readonly adoptExisting: boolean;
  /** Begins what is reported, such as `SecurityRole readers`. */
  readonly title: string;
  readonly deadline: Deadline;
}

interface Creating extends Owned {
  readonly connection: Connection;
  readonly name: string;
  readonly adoptExisting?: boolean;
  readonly timeouts?: Timeouts;
}

/** Creates the object of a resource, or takes it over, when its turn comes. Returns what the state keeps of it. */
export async function createMarked<D extends SecurityObject, F>(
  inputs: Creating,
  kind: SecurityKind<D, F>,
  title: string,
  fieldsWith: (mark: Mark | undefined) => F,
): Promise<{ readonly clusterUuid: string; readonly instance: string }> {
  const server = sharedServer(inputs.connection);
  const { clusterUuid } = await clusterInfo(server);
  const deadline = Deadline.after(timeoutMilliseconds(inputs.timeouts, "createSeconds"));
  const instance = newInstance();
  const mark = markOf(inputs, instance);
  const adoptExisting = inputs.adoptExisting === true;
  const wanted = { server, kind, name: inputs.name, fields: fieldsWith(mark), mark, adoptExisting, title, deadline };
  await oneAtATime(securityQueue(clusterUuid), () => makeOrTakeOver(wanted));
  return { clusterUuid, instance };
}

/** The state with the server's values where they differ. Only what the program set is compared. */
export function withDrift<S extends object, K extends keyof S & string>(
  state: S,
  found: S,
  keys: readonly K[],
  comparable: (one: S) => object,
): S {
  const set = keys.filter((key) => state[key] !== undefined);
  return { ...state, ...pick(found, changedKeys(comparable(state), comparable(found), set)) };
}

/** Makes an object. One that is there already is taken over if an interrupted run left it, or if the program says so. */
export async function makeOrTakeOver<D extends SecurityObject, F>(wanted: Wanted<D, F>): Promise<void> {
  const { server, kind, name, fields, mark, adoptExisting, title, deadline } = wanted;
  const found = await getSecurityObject(server, kind, name);
  if (found === undefined) return await make(wanted);
  requireChangeable(kind, name, found);
  const isLeft = sameResource(markIn(found), mark);
  if (!isLeft && !adoptExisting) throw taken(kind, name, markIn(found)?.owner === mark?.owner && mark !== undefined);
  const why = isLeft ? "which an interrupted run left" : "which is there already";
  report(`${title}: takes over the ${kind.word} ${name}, ${why}`);
  await patchSecurityObject(server, kind, name, fields, deadline);
}

async function make<D extends SecurityObject, F>({
  server,
  kind,
  name,
  fields,
  mark,
  deadline,
}: Wanted<D, F>): Promise<void> {
  try {
    await putSecurityObject(server, kind, name, fields, deadline);
  } catch (error) {
    throw isHidden(error) ? protectedObject(kind, name, "hidden") : error;
  }
  if (mark === undefined) return;
  // Two stacks that search at the same time both find nothing. The later write replaces the earlier one.
  const made = await getSecurityObject(server, kind, name);
  if (made !== undefined && markIn(made)?.instance !== mark.instance) throw taken(kind, name, false);
}

/** Deletes an object, unless a later resource has taken it over. */
export async function removeObject<D extends SecurityObject, F>(
  removed: Pick<Wanted<D, F>, "server" | "kind" | "name" | "title" | "deadline"> & {
    readonly state: { readonly instance?: string };
  },
): Promise<void> {
  const { server, kind, name, title, deadline, state } = removed;
  const found = await getSecurityObject(server, kind, name);
  if (found === undefined) return;
  if (isTakenOver(markIn(found), state)) {
    report(`${title}: the ${kind.word} ${name} belongs to a newer resource by now and stays`);
    return;
  }
  requireChangeable(kind, name, found);
  await deleteSecurityObject(server, kind, name, deadline);
}

/** Refuses what the server lets nobody change, before it is tried. */
export function requireChangeable(
  kind: { readonly word: string },
  name: string,
  { isReserved, isStatic }: SecurityObject,
): void {
  if (isStatic) throw protectedObject(kind, name, "static");
  if (isReserved) throw protectedObject(kind, name, "reserved");
}

const PROTECTION = {
  static: "It is built into the security plugin, which changes it for nobody.",
  reserved:
    "The server's own configuration reserves it, so that the API changes it for nobody but the holder of the admin certificate.",
  hidden: "The server's own configuration hides it, so that the API neither shows nor changes it.",
} as const;

function protectedObject(
  { word }: { readonly word: string },
  name: string,
  how: keyof typeof PROTECTION,
): ExplainedError {
  return new ExplainedError({
    what: `The ${word} ${JSON.stringify(name)} is ${how}.`,
    cause: PROTECTION[how],
    fix: "Give another name.",
  });
}

function taken({ word }: { readonly word: string }, name: string, isTwin: boolean): ExplainedError {
  if (isTwin) {
    return new ExplainedError({
      what: `There is a ${word} ${JSON.stringify(name)} already, and it belongs to a stack of the same project and name.`,
      cause: "That stack is kept in another Pulumi backend, or on another machine.",
      fix: "Give another name. If the other stack is gone, set adoptExisting: true.",
    });
  }
  return new ExplainedError({
    what: `There is a ${word} ${JSON.stringify(name)} already, and this resource did not make it.`,
    cause: "Names are unique in a cluster, and writing to it would take away what it is for others.",
    fix: "Give another name, or set adoptExisting: true to take it over; it is deleted with this resource then.",
  });
}
