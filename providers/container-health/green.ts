import { DeadlineError } from "../../clients/errors";
import { type ClusterHealth, clusterHealth } from "../../clients/opensearch/health";
import { type Deadline, type Look, waitFor } from "../../clients/wait";
import { ExplainedError } from "../../diagnosis/explained-error";
import { messageOf } from "../../diagnosis/failure";
import { sharedServer } from "../shared/shared-server";
import type { ContainerCluster } from "./inputs";

/** @throws ExplainedError if the node is in no cluster, or the cluster is not green, at the deadline. */
export async function untilGreen({ connection, node, nodes }: ContainerCluster, deadline: Deadline): Promise<void> {
  const server = sharedServer({ ...connection, maxRetries: 0 });
  const look = async (): Promise<Look<true>> => {
    try {
      const health = await clusterHealth(server);
      return isReady(health, node, nodes) ? { done: true } : { last: inWords(health) };
    } catch (error) {
      // Until a node has joined its cluster, it refuses.
      return { last: messageOf(error) };
    }
  };
  const waitingFor = `node ${node} of ${nodes} at ${connection.endpoint} to be in a green cluster`;
  try {
    await waitFor(look, { waitingFor, deadline, startMilliseconds: 100 });
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw error;
    throw new ExplainedError({
      what: error.message,
      cause:
        "The node has not found the others, or a shard of an index has no place: an index wants more copies than there are nodes, or a disk is full.",
      fix: "The other nodes are as they were. GET /_cluster/allocation/explain says what a shard waits for. Correct that, or give it more time with readiness.openSearchSeconds, and run pulumi up again.",
    });
  }
}

/**
 * While the cluster grows to its size, an index may want more copies than there are nodes yet, and the next node is what it
 * waits for.
 */
function isReady(health: ClusterHealth, node: number, nodes: number): boolean {
  if (health.nodes < node) return false;
  return health.status === "green" || (health.nodes === node && node < nodes);
}

function inWords({ status, nodes, unassignedShards }: ClusterHealth): string {
  return `${status}, ${nodes} ${nodes === 1 ? "node" : "nodes"}, ${unassignedShards} unassigned shards`;
}
