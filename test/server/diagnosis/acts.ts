import { z } from "zod";
import { putClusterSettings } from "../../../clients/opensearch/cluster";
import { openSearch } from "../../../clients/opensearch/connect";
import { predict } from "../../../clients/opensearch/predict";
import type { Call, OpenSearchServer } from "../../../clients/opensearch/server";
import { Deadline } from "../../../clients/wait";
import type { DoctorWorld } from "../doctor/world";
import type { Masks } from "./provocation";

export const ML = "/_plugins/_ml";

/** Long enough for whatever a loaded machine does. */
export const soon = () => Deadline.after(60_000);

export function serverOf(world: DoctorWorld): OpenSearchServer {
  return openSearch(world.connection);
}

/** Asks the world's model as `ask` does. */
export async function question(
  world: DoctorWorld,
  parameters: Readonly<Record<string, unknown>> = { prompt: "Are you there?" },
): Promise<unknown> {
  return await predict(serverOf(world), world.modelId, parameters, soon());
}

export async function settings(world: DoctorWorld, persistent: Readonly<Record<string, unknown>>): Promise<void> {
  await putClusterSettings(serverOf(world), { persistent });
}

/** A request that no resource makes, through the package's own client all the same. */
export async function request(
  world: DoctorWorld,
  method: Call<unknown>["method"],
  path: string,
  body?: object,
): Promise<unknown> {
  return await serverOf(world).call({
    method,
    path,
    body,
    answer: z.unknown(),
    repeatable: false,
  });
}

export function masksOf(world: DoctorWorld): Masks {
  return [
    [world.outputs.embeddingModelId ?? "", "EMBEDDING"],
    [world.modelId, "MODEL"],
    [world.connectorId, "CONNECTOR"],
    [world.groupId, "GROUP"],
    [world.cluster.url, "OPENSEARCH"],
    [world.ollama.endpoint, "OLLAMA"],
    [/node [\w-]{22}/g, "node NODE"],
    [/ChannelDiagnostics\(.*\)/g, "CHANNEL"],
  ];
}
