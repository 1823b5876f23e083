import { z } from "zod";
import { ServerError } from "../errors";
import type { OpenSearchServer } from "./server";

const pluginsAnswer = z.array(z.looseObject({ component: z.string().optional() }));

/** The plugin for vector search inside the cluster. */
export const KNN_PLUGIN = "opensearch-knn";

/**
 * Names of the plugins installed on any node, such as `opensearch-knn`. Asked once per process. Empty if the user may
 * not ask, so features that need a plugin are not used.
 */
export async function installedPlugins(server: OpenSearchServer): Promise<ReadonlySet<string>> {
  return await server.once("plugins", async () => {
    try {
      const answer = await server.call({
        method: "GET",
        path: "/_cat/plugins",
        query: { format: "json", h: "component" },
        answer: pluginsAnswer,
        repeatable: true,
      });
      return new Set(answer.flatMap(({ component }) => component ?? []));
    } catch (error) {
      if (error instanceof ServerError && error.status === 403) return new Set<string>();
      throw error;
    }
  });
}

const versionRows = z.array(z.object({ component: z.string(), version: z.string() }));

/** Versions of each plugin, by name. More than one if the nodes differ. */
export type PluginVersions = ReadonlyMap<string, readonly string[]>;

/** The plugins of all nodes. Throws if the user may not ask. */
export async function pluginVersions(server: OpenSearchServer): Promise<PluginVersions> {
  const answer = await server.call({
    method: "GET",
    path: "/_cat/plugins",
    query: { format: "json", h: "component,version" },
    answer: versionRows,
    repeatable: true,
  });
  const found = new Map<string, readonly string[]>();
  for (const { component, version } of answer) {
    found.set(component, [...new Set([...(found.get(component) ?? []), version])].sort());
  }
  return found;
}
