import { type Connection, openSearch, serverId } from "../../clients/opensearch/connect";
import type { OpenSearchServer } from "../../clients/opensearch/server";
import { clockMs, trace } from "../../clients/trace";
import type { ClusterSettingInputs } from "../cluster-setting/inputs";

/*
 * All process-wide memory of a provider. The engine starts one provider process per command and calls it for each
 * resource, partly in parallel. A provider never sees the whole state, so what resources must know about each other is
 * collected from these calls. Nothing here outlives the command, and no later command needs it.
 */

/**
 * Ids of the objects in the state, by owner. An object with our mark that is not here is left from an interrupted run.
 */
const objects = new Map<string, Set<string>>();
/** The last connection that created something on a cluster, by cluster UUID. This run may have changed the address. */
const connections = new Map<string, Connection>();
/** Ids of the objects that this run created. Their stored connection is current. */
const createdIds = new Set<string>();
/**
 * The resource that wrote a cluster setting in this run, by cluster, scope and key. Two owners would undo each other.
 */
export const settingOwners = new Map<string, { readonly owner: string; readonly inputs: ClusterSettingInputs }>();
/** Owners of the resources that need an Ollama model, by server and model. A delete must not remove it under them. */
export const modelUsers = new Map<string, Set<string>>();
/** The last task of each queue. The server refuses concurrent writes, such as registrations into one group. */
const queues = new Map<string, Promise<unknown>>();
/** One client per connection. It keeps its sockets open and caches the cluster's identity. */
const servers = new Map<string, OpenSearchServer>();
/** The Pulumi backend, by the environment variables that select it. Cached, since each mark needs it. */
export const backends = new Map<string, string>();

/** The client for a connection. Resources with equal connections share it. */
export function sharedServer(connection: Connection): OpenSearchServer {
  const key = serverId(connection);
  const server = servers.get(key) ?? openSearch(connection);
  servers.set(key, server);
  return server;
}

/** Runs the tasks of each key one after another, in the order of the calls. */
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

/** Traces how long a task waited before it ran. */
function queued<T>(key: string, task: () => Promise<T>): () => Promise<T> {
  const startMs = clockMs();
  return () => {
    trace("wait", startMs, { waitingFor: `the turn at ${key}`, looks: 0 });
    return task();
  };
}

/** Records an object that is in the state or will be: the engine passed its id, or it was just created. */
export function rememberObject(owner: string | undefined, id: string): void {
  const ids = objects.get(owner ?? "") ?? new Set();
  objects.set(owner ?? "", ids.add(id));
}

/** Records the connection by which this run created an object. */
export function rememberConnection(clusterUuid: string, connection: Connection, id: string): void {
  connections.set(clusterUuid, connection);
  createdIds.add(id);
}

/**
 * The connection for deleting a replaced object. If this run reached the same cluster as the same user at another
 * address, that one: the stored address may be outdated by this very run.
 */
export function currentConnection(clusterUuid: string, stored: Connection, id: string): Connection {
  const current = createdIds.has(id) ? undefined : connections.get(clusterUuid);
  const isMoved = current?.endpoint !== stored.endpoint && current?.username === stored.username;
  return current !== undefined && isMoved ? current : stored;
}

/** Whether the state contains an object, as far as this run knows. */
export function isInState(id: string): boolean {
  return [...objects.values()].some((ids) => ids.has(id));
}

/** Of the objects with a resource's mark, those that are not in the state, as far as this run knows. */
export function notInState<T extends { readonly id: string }>(found: readonly T[], ownId: string): T[] {
  return found.filter(({ id }) => id !== ownId && !isInState(id));
}

/** Whether the state contains another object of the same resource, as during a replacement, even if it was renamed. */
export function hasOtherObject(owner: string | undefined, id: string): boolean {
  const same = [...objects].filter(([key, ids]) => key === owner || ids.has(id));
  return same.some(([, ids]) => [...ids].some((each) => each !== id));
}
