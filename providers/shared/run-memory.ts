import type { Connection } from "../../clients/opensearch/connect";

/**
 * What one provider process remembers of its run. The engine starts one for each command and tells it of each resource in
 * turn, never of the state as a whole; so which objects the state names is known only from the calls so far.
 */
const known = new Map<string, Set<string>>();

/** An object that the state of this run names, or will: the engine asked about it, or its create has answered. */
export function rememberObject(owner: string | undefined, id: string): void {
  const ids = known.get(owner ?? "") ?? new Set();
  known.set(owner ?? "", ids.add(id));
}

const ways = new Map<string, Connection>();
/** What this run made was made where its state says. */
const madeHere = new Set<string>();

/** A connection by which something was made on a cluster in this run. */
export function rememberWay(clusterUuid: string, connection: Connection, id: string): void {
  ways.set(clusterUuid, connection);
  madeHere.add(id);
}

/**
 * The connection that counts for what was replaced on a cluster: where this run has reached the same cluster as the same
 * user at another address, that one. The stored one may be where it was before this very run moved it.
 */
export function wayTo(clusterUuid: string, stored: Connection, id: string): Connection {
  const way = madeHere.has(id) ? undefined : ways.get(clusterUuid);
  return way !== undefined && way.endpoint !== stored.endpoint && way.username === stored.username ? way : stored;
}

/** Whether the state names an object, as far as this run can tell. */
export function isRemembered(id: string): boolean {
  return [...known.values()].some((ids) => ids.has(id));
}

/** Of the objects that carry a resource's mark those that the state does not name, as far as this run can tell. */
export function notNamed<T extends { readonly id: string }>(found: readonly T[], ownId: string): T[] {
  return found.filter(({ id }) => id !== ownId && !isRemembered(id));
}

/** Whether the state names another object of the same resource, as in a replacement; a rename may have come with it. */
export function hasAnother(owner: string | undefined, id: string): boolean {
  const same = [...known].filter(([key, ids]) => key === owner || ids.has(id));
  return same.some(([, ids]) => [...ids].some((each) => each !== id));
}
