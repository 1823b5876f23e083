import { z } from "zod";
import { ServerError } from "../errors";
import type { OpenSearchServer } from "./server";

const rows = z.array(z.looseObject({ component: z.string().optional() }));

/** The plugin that searches vectors inside the cluster. */
export const KNN_PLUGIN = "opensearch-knn";

/**
 * Names of the plugins that some node has, such as `opensearch-knn`; asked once a process. A user who may not ask
 * gets none, so that whatever needs a plugin is done without.
 */
export async function installedPlugins(server: OpenSearchServer): Promise<ReadonlySet<string>> {
  return await server.once("plugins", async () => {
    try {
      const answer = await server.call({
        method: "GET",
        path: "/_cat/plugins",
        query: { format: "json", h: "component" },
        answer: rows,
        repeatable: true,
      });
      return new Set(answer.flatMap(({ component }) => component ?? []));
    } catch (error) {
      if (error instanceof ServerError && error.status === 403) return new Set<string>();
      throw error;
    }
  });
}
