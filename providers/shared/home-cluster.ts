import { UnreachableError } from "../../clients/errors";
import { clusterInfo } from "../../clients/opensearch/cluster";
import type { Connection } from "../../clients/opensearch/connect";
import { report } from "../../clients/report";
import { ExplainedError } from "../../diagnosis/explained-error";
import { FORGET_UNREACHABLE, nameOf } from "./explain";
import { type Lifecycle, PartialFailure } from "./lifecycle";
import { currentConnection, hasOtherObject, rememberConnection, rememberCreated, rememberObject } from "./run-memory";
import { sharedServer } from "./shared-server";

interface Connected {
  readonly connection: Connection;
}

/** State of a resource on a cluster, with the UUID of the cluster it was created on. */
export interface ClusterState extends Connected {
  readonly clusterUuid: string;
}

/**
 * Binds a resource to the cluster it was created on. If the endpoint leads to another cluster (its volume was lost, or
 * the endpoint changed), the resource counts as gone, and nothing is changed or deleted there. Also records which
 * objects the state contains (see run-memory.ts).
 */
export function onHomeCluster<I extends Connected, S extends ClusterState>(
  kind: string,
  lifecycle: Lifecycle<I, S>,
): Lifecycle<I, S> {
  return {
    ...lifecycle,
    diff: (id, olds, news) => {
      rememberObject(ownerIn(news), id);
      return lifecycle.diff(id, olds, news);
    },
    create: async (inputs) => {
      const made = await lifecycle.create(inputs).catch((error: unknown) => {
        if (error instanceof PartialFailure) rememberObject(ownerIn(inputs), error.id);
        throw error;
      });
      rememberObject(ownerIn(inputs), made.id);
      rememberConnection(made.state.clusterUuid, inputs.connection);
      rememberCreated(made.id);
      return made;
    },
    read: async (id, state) => {
      rememberObject(ownerIn(state), id);
      if (await isForeign(state.connection, state.clusterUuid)) {
        report(`${kind} ${nameOf(state)}: ${state.connection.endpoint} is another cluster now, so it counts as gone`);
        return undefined;
      }
      return await lifecycle.read(id, state);
    },
    update: async (id, olds, news) => {
      if (!(await isForeign(news.connection, olds.clusterUuid))) {
        rememberConnection(olds.clusterUuid, news.connection);
        return await lifecycle.update(id, olds, news);
      }
      throw new ExplainedError({
        what: `${news.connection.endpoint} is not the cluster on which ${id} was made.`,
        cause: "The connection was pointed to another cluster, or the cluster lost its data.",
        fix: "Lost data: run pulumi up --refresh. A move on purpose: run pulumi destroy, which still works on the old cluster, then pulumi up.",
      });
    },
    delete: async (id, stored) => {
      const object = { id, isReplaced: hasOtherObject(ownerIn(stored), id) };
      const state = { ...stored, connection: currentConnection(stored.clusterUuid, stored.connection, object) };
      if (await mayForgetObject(kind, id, state)) return;
      await lifecycle.delete(id, state);
    },
  };
}

function ownerIn(properties: object): string | undefined {
  const { owner } = properties as { owner?: unknown };
  return typeof owner === "string" ? owner : undefined;
}

async function isForeign(connection: Connection, clusterUuid: string): Promise<boolean> {
  return (await clusterInfo(sharedServer(connection))).clusterUuid !== clusterUuid;
}

/**
 * Whether a delete may skip the server: the object's cluster is gone from this endpoint, or it is unreachable and the
 * user chose to forget it.
 */
async function mayForgetObject(kind: string, id: string, state: ClusterState): Promise<boolean> {
  try {
    if (!(await isForeign(state.connection, state.clusterUuid))) return false;
    report(`${kind} ${nameOf(state)}: ${state.connection.endpoint} is another cluster now; ${id} is not deleted there`);
    return true;
  } catch (error) {
    if (!(error instanceof UnreachableError) || process.env[FORGET_UNREACHABLE] !== "1") throw error;
    report(`warning: ${kind} ${nameOf(state)}: ${error.message}; ${id} is forgotten, as ${FORGET_UNREACHABLE}=1 asks`);
    return true;
  }
}
