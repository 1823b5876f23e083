import { type Connection, openSearch, serverId } from "../../clients/opensearch/connect";
import type { OpenSearchServer } from "../../clients/opensearch/server";
import { clockMs, trace } from "../../clients/trace";
import type { ClusterSettingInputs } from "../cluster-setting/inputs";

/*
 * All that a provider process remembers. The engine starts one process for each command and calls it for one resource at
 * a time, several side by side. It never shows the state as a whole, so what resources must know of each other has to be
 * gathered from the calls. Nothing here outlives the command, and nothing is needed by the next one.
 */

/** Ids of the objects that the state names, by owner: what carries our mark and is not here, an interrupted run left. */
const objects = new Map<string, Set<string>>();
/** The connection by which something was made on a cluster, by its UUID: it may have moved in this very run. */
const ways = new Map<string, Connection>();
/** Ids of the objects that this run made: they were made where their state says. */
const madeHere = new Set<string>();
/** Which resource wrote a cluster setting in this run, by cluster, scope and key: two owners would undo each other. */
export const settingOwners = new Map<string, { readonly owner: string; readonly inputs: ClusterSettingInputs }>();
/** Owners of the resources that need a model on an Ollama, by server and model: a delete must not take it from them. */
export const modelUsers = new Map<string, Set<string>>();
/** The end of each queue: the server refuses writes that race, such as registrations into one group. */
const queues = new Map<string, Promise<unknown>>();
/** One client for equal connections: it keeps its sockets open, and has asked who the cluster is. */
const servers = new Map<string, OpenSearchServer>();
/** The Pulumi backend, by the variables that it depends on: it is read from files, and each mark asks for it. */
export const backends = new Map<string, string>();

/** The server behind a connection, one for all resources with an equal one. */
export function sharedServer(connection: Connection): OpenSearchServer {
  const key = serverId(connection);
  const server = servers.get(key) ?? openSearch(connection);
  servers.set(key, server);
  return server;
}

/** Runs one task at a time for each key, in the order of the calls. */
export async function oneAtATime<T>(key: string, task: () => Promise<T>): Promise<T> {
  const before = queues.get(key);
  const mine = before === undefined ? Promise.resolve().then(task) : before.then(queued(key, task));
  const tail = mine.catch(() => undefined);
  queues.set(key, tail);
  try {
    return await mine;
  } finally {
    if (queues.get(key) === tail) queues.delete(key);
  }
}

/** The task as it runs when its turn comes. */
function queued<T>(key: string, task: () => Promise<T>): () => Promise<T> {
  const startMs = clockMs();
  return () => {
    trace("wait", startMs, { waitingFor: `the turn at ${key}`, looks: 0 });
    return task();
  };
}

/** An object that the state of this run names, or will: the engine asked about it, or its create has answered. */
export function rememberObject(owner: string | undefined, id: string): void {
  const ids = objects.get(owner ?? "") ?? new Set();
  objects.set(owner ?? "", ids.add(id));
}

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
  return [...objects.values()].some((ids) => ids.has(id));
}

/** Of the objects that carry a resource's mark those that the state does not name, as far as this run can tell. */
export function notNamed<T extends { readonly id: string }>(found: readonly T[], ownId: string): T[] {
  return found.filter(({ id }) => id !== ownId && !isRemembered(id));
}

/** Whether the state names another object of the same resource, as in a replacement; a rename may have come with it. */
export function hasAnother(owner: string | undefined, id: string): boolean {
  const same = [...objects].filter(([key, ids]) => key === owner || ids.has(id));
  return same.some(([, ids]) => [...ids].some((each) => each !== id));
}
