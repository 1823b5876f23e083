import { z } from "zod";
import { anyObject } from "./answers";
import type { OpenSearchServer } from "./server";

export interface ClusterInfo {
  readonly clusterUuid: string;
  readonly version: string;
}

const infoAnswer = z.object({ cluster_uuid: z.string(), version: z.object({ number: z.string() }) });

/** A node reports this UUID until it has joined a cluster. Until then, resources cannot be matched to a cluster. */
const NO_IDENTITY = "_na_";

/** Identifies the cluster. Asked once per process. */
export async function clusterInfo(server: OpenSearchServer): Promise<ClusterInfo> {
  return await server.once("cluster-info", async () => {
    const answer = await server.call({
      method: "GET",
      path: "/",
      answer: infoAnswer,
      tooEarly: (info) =>
        info.cluster_uuid === NO_IDENTITY ? "the node is in no cluster yet (cluster_uuid _na_)" : undefined,
      repeatable: true,
    });
    return { clusterUuid: answer.cluster_uuid, version: answer.version.number };
  });
}

export type Scope = "persistent" | "transient";
export type SettingValue = string | readonly string[] | null;

/** Cluster settings by flat key as the server stores them: each value is a string or a list of strings. */
export interface ClusterSettings {
  readonly persistent: Readonly<Record<string, SettingValue>>;
  readonly transient: Readonly<Record<string, SettingValue>>;
  readonly defaults: Readonly<Record<string, SettingValue>>;
}

const flatSettings = z.record(z.string(), z.union([z.string(), z.array(z.string()), z.null()]));
/** Both scopes are required. If they were missing, every setting would look unset and be overwritten. */
const settingsAndDefaultsAnswer = z.object({
  persistent: flatSettings,
  transient: flatSettings,
  defaults: flatSettings,
});
const settingsAnswer = settingsAndDefaultsAnswer
  .omit({ defaults: true })
  .transform((scopes) => ({ ...scopes, defaults: {} }));

/** The cluster settings. `defaults` adds all default values, about 35 KB. */
export async function getClusterSettings(
  server: OpenSearchServer,
  { defaults = true }: { readonly defaults?: boolean } = {},
): Promise<ClusterSettings> {
  return await server.call({
    method: "GET",
    path: "/_cluster/settings",
    query: { flat_settings: true, include_defaults: defaults },
    answer: defaults ? settingsAndDefaultsAnswer : settingsAnswer,
    repeatable: true,
  });
}

/** Sets flat keys in one or both scopes, all or none. `null` resets a key. */
export async function putClusterSettings(
  server: OpenSearchServer,
  settings: Readonly<Partial<Record<Scope, Readonly<Record<string, unknown>>>>>,
): Promise<void> {
  await server.call({
    method: "PUT",
    path: "/_cluster/settings",
    body: settings,
    answer: anyObject,
    repeatable: true,
  });
}
