import { z } from "zod";
import { Deadline, waitFor } from "../../clients/wait";
import type { ResourceWorld } from "../engine/support/resource-world";
import { filled, type StateRecord } from "./record";

/**
 * Sends a release's recorded requests to the world's cluster, to create the same objects. Returns the values of the
 * record's placeholders on this cluster.
 */
export async function recreate(
  record: StateRecord,
  world: ResourceWorld,
  ollamaEndpoint: string,
): Promise<ReadonlyMap<string, string>> {
  const values = new Map([
    ["endpoint", world.cluster.url],
    ["modelEndpoint", world.model.endpoint],
    ["ollamaEndpoint", ollamaEndpoint],
    ["folder", world.project.folder],
    ["clusterUuid", String((await world.done("GET", "/")).cluster_uuid)],
    ...(await ollamaValues(ollamaEndpoint)),
  ]);
  for (const { method, url, body, made } of record.writes) {
    const answer = await world.done(method, filled(url, values), filled(body, values) ?? undefined);
    if (made !== undefined) values.set(made.placeholder, String(answer[made.field]));
    if (made?.field === "model_id") await deployed(world, String(answer.model_id));
  }
  for (const index of await world.indices()) values.set("uuid:index", await uuidOf(world, index));
  return values;
}

async function deployed(world: ResourceWorld, id: string): Promise<void> {
  await waitFor(
    async () => {
      const { model_state: state } = await world.seen("DeployedModel", id);
      return state === "DEPLOYED" ? { done: true as const } : { last: String(state) };
    },
    { waitingFor: `model ${id} to be deployed`, deadline: Deadline.after(60_000) },
  );
}

/** The server's UUID of an index. */
export async function uuidOf(world: ResourceWorld, index: string): Promise<string> {
  const { settings } = z.object({ settings: z.record(z.string(), z.string()) }).parse(await world.index(index));
  return settings["index.uuid"] ?? "";
}

const tags = z.object({ models: z.array(z.object({ digest: z.string(), modified_at: z.string() })) });

/** Values of Ollama's only model that differ between servers. */
export async function ollamaValues(endpoint: string): Promise<readonly (readonly [string, string])[]> {
  const { models } = tags.parse(await (await fetch(`${endpoint}/api/tags`)).json());
  const [model] = models;
  if (model === undefined) throw new Error(`There is no model on ${endpoint}.`);
  return [
    ["ollamaDigest", model.digest],
    ["ollamaModifiedAt", model.modified_at],
  ];
}
