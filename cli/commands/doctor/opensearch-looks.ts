import { z } from "zod";
import { ServerError } from "../../../clients/errors";
import type { OpenSearchServer } from "../../../clients/opensearch/server";

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

/** Disks of the nodes, or `undefined` from a server that has no such API. */
export async function dataDisks(server: OpenSearchServer): Promise<readonly Disk[] | undefined> {
  const answer = await orUnknown(get(server, "/_nodes/stats/fs", statsAnswer));
  const totals = Object.values(answer?.nodes ?? {}).map(({ fs }) => fs.total);
  return answer && totals.map((fs) => ({ freeBytes: fs.available_in_bytes, totalBytes: fs.total_in_bytes }));
}

const READ_ONLY = "index.blocks.read_only_allow_delete";
const blocksAnswer = z.record(z.string(), z.object({ settings: z.record(z.string(), z.unknown()) }));

/** Indices that a full disk made read-only, or `undefined` from a server that has no such API. */
export async function blockedIndices(server: OpenSearchServer): Promise<readonly string[] | undefined> {
  const answer = await orUnknown(get(server, `/_all/_settings/${READ_ONLY}?flat_settings=true`, blocksAnswer));
  const entries = Object.entries(answer ?? {}).filter(([, { settings }]) => String(settings[READ_ONLY]) === "true");
  return answer && entries.map(([name]) => name);
}

const pluginsAnswer = z.array(z.object({ component: z.string(), version: z.string() }));

/** Versions of each plugin, by its name; more than one where the nodes differ. */
export type PluginVersions = ReadonlyMap<string, readonly string[]>;

export async function pluginVersions(server: OpenSearchServer): Promise<PluginVersions> {
  const rows = await get(server, "/_cat/plugins?format=json&h=component,version", pluginsAnswer);
  const found = new Map<string, readonly string[]>();
  for (const { component, version } of rows) {
    found.set(component, [...new Set([...(found.get(component) ?? []), version])].sort());
  }
  return found;
}

const pipelineAnswer = z.record(
  z.string(),
  z.looseObject({ response_processors: z.array(z.record(z.string(), z.unknown())).nullish() }),
);

export interface RagPipeline {
  readonly name: string;
  /** Its retrieval_augmented_generation processor. */
  readonly processor: Readonly<Record<string, unknown>>;
}

/** Search pipelines that let this model answer. */
export async function ragPipelines(server: OpenSearchServer, modelId: string): Promise<readonly RagPipeline[]> {
  const all = (await orUnknown(get(server, "/_search/pipeline", pipelineAnswer))) ?? {};
  return Object.entries(all).flatMap(([name, { response_processors: processors }]) =>
    (processors ?? [])
      .map((one) => processorSchema.safeParse(one.retrieval_augmented_generation).data)
      .filter((processor) => processor?.model_id === modelId)
      .map((processor) => ({ name, processor: processor ?? {} })),
  );
}

const processorSchema = z.record(z.string(), z.unknown());

async function get<T>(server: OpenSearchServer, path: string, answer: z.ZodType<T>): Promise<T> {
  return await server.call({
    method: "GET",
    path,
    answer,
    repeatable: true,
  });
}

/** Managed clusters have fewer APIs; that one is missing is no finding. */
async function orUnknown<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ServerError && [400, 404, 405].includes(error.status)) return undefined;
    throw error;
  }
}
