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
