import { z } from "zod";
import { anyObject } from "./answers";
import type { OpenSearchServer } from "./server";

export interface ClusterInfo {
  readonly clusterUuid: string;
  readonly version: string;
}

const infoAnswer = z.object({ cluster_uuid: z.string(), version: z.object({ number: z.string() }) });

/** A node says this while it has found no cluster, or not yet: whose resources are its own, nobody can tell. */
const NO_IDENTITY = "_na_";

/** Which cluster this is; asked once a process. */
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

/** Cluster settings by flat key, as the server keeps them: every value a text or a list of texts. */
export interface ClusterSettings {
  readonly persistent: Readonly<Record<string, SettingValue>>;
  readonly transient: Readonly<Record<string, SettingValue>>;
  readonly defaults: Readonly<Record<string, SettingValue>>;
}

const flatSettings = z.record(z.string(), z.union([z.string(), z.array(z.string()), z.null()]));
/** Both scopes have to be there: of an answer without them nothing would look set, and so what is would be overwritten. */
const settingsAndDefaultsAnswer = z.object({
  persistent: flatSettings,
  transient: flatSettings,
  defaults: flatSettings,
});
const settingsAnswer = settingsAndDefaultsAnswer
  .omit({ defaults: true })
  .transform((scopes) => ({ ...scopes, defaults: {} }));

/** The settings that are in force, and with `defaults` also those of which nobody said anything: some 35 KB. */
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

/** Sets flat keys in one scope or both; `null` resets a key. All of them or none. */
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
