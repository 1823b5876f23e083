import { z } from "zod";
import { orUnsupported } from "./refusal";
import type { OpenSearchServer } from "./server";

const healthAnswer = z.object({ status: z.string(), number_of_nodes: z.number(), unassigned_shards: z.number() });

export interface ClusterHealth {
  /** `green`, `yellow` or `red`. */
  readonly status: string;
  readonly nodes: number;
  readonly unassignedShards: number;
}

export async function clusterHealth(server: OpenSearchServer): Promise<ClusterHealth> {
  const answer = await server.call({
    method: "GET",
    path: "/_cluster/health",
    answer: healthAnswer,
    repeatable: true,
  });
  return { status: answer.status, nodes: answer.number_of_nodes, unassignedShards: answer.unassigned_shards };
}

export interface Disk {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

const statsAnswer = z.object({
  nodes: z.record(
    z.string(),
    z.object({ fs: z.object({ total: z.object({ total_in_bytes: z.number(), available_in_bytes: z.number() }) }) }),
  ),
});

/** The nodes' disks. `undefined` if the server lacks this API. */
export async function dataDisks(server: OpenSearchServer): Promise<readonly Disk[] | undefined> {
  const answer = await orUnsupported(
    server.call({ method: "GET", path: "/_nodes/stats/fs", answer: statsAnswer, repeatable: true }),
  );
  const totals = Object.values(answer?.nodes ?? {}).map(({ fs }) => fs.total);
  return answer && totals.map((fs) => ({ freeBytes: fs.available_in_bytes, totalBytes: fs.total_in_bytes }));
}

const READ_ONLY = "index.blocks.read_only_allow_delete";
const blocksAnswer = z.record(z.string(), z.object({ settings: z.record(z.string(), z.unknown()) }));

/** Indices that a full disk made read-only. `undefined` if the server lacks this API. */
export async function blockedIndices(server: OpenSearchServer): Promise<readonly string[] | undefined> {
  const answer = await orUnsupported(
    server.call({
      method: "GET",
      path: `/_all/_settings/${READ_ONLY}`,
      query: { flat_settings: true },
      answer: blocksAnswer,
      repeatable: true,
    }),
  );
  const entries = Object.entries(answer ?? {}).filter(([, { settings }]) => String(settings[READ_ONLY]) === "true");
  return answer && entries.map(([name]) => name);
}
