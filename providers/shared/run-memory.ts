import type { Connection } from "../../clients/opensearch/connect";
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
/** The last connection by which a user created or updated something, by cluster and user. This run may have changed it. */
const connections = new Map<string, Connection>();
/** Ids of the objects that this run created. */
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
export const servers = new Map<string, OpenSearchServer>();
/** The Pulumi backend, by the environment variables that select it. Cached, since each mark needs it. */
export const backends = new Map<string, string>();

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

/** Records the connection by which this run created or updated an object. */
export function rememberConnection(clusterUuid: string, connection: Connection): void {
  connections.set(connectionKey(clusterUuid, connection), connection);
}

/** Records that this run created an object, so that its stored connection is current. */
export function rememberCreated(id: string): void {
  createdIds.add(id);
}

const connectionKey = (clusterUuid: string, { username }: Connection) => JSON.stringify([clusterUuid, username]);

/**
 * The connection for deleting an object. The stored one may be outdated by this very run: the user's password was changed,
 * or, if the object was replaced, the cluster's address. Otherwise another address is not trusted with a delete.
 */
export function currentConnection(
  clusterUuid: string,
  stored: Connection,
  object: { readonly id: string; readonly isReplaced: boolean },
): Connection {
  const current = createdIds.has(object.id) ? undefined : connections.get(connectionKey(clusterUuid, stored));
  if (current === undefined) return stored;
  return current.endpoint === stored.endpoint || object.isReplaced ? current : stored;
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
