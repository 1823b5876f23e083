import type { Json } from "../engine/support/resource-world";
import { PRIVATE, TRUSTED } from "./program";
import type { PlainServer } from "./server";

/** Objects and settings that existed on the cluster before the first stack. */
export interface Foreign {
  readonly ids: readonly string[];
  readonly settings: Json;
}

export const NOBODY: Foreign = { ids: [], settings: {} };

/** Creates settings that stacks change too, and objects with similar names. */
export async function makeForeign(server: PlainServer): Promise<Foreign> {
  const settings = { [TRUSTED]: ["^https://by-hand\\.example\\.com/.*$"], [PRIVATE]: "false" };
  await server.done("PUT", "/_cluster/settings", { persistent: settings });
  const group = await server.done("POST", "/_plugins/_ml/model_groups/_register", {
    name: "group",
    description: "Made by hand: the group of nobody, as edit 0 says",
  });
  const connector = await server.done("POST", "/_plugins/_ml/connectors/_create", {
    name: "connector",
    description: "Made by hand",
    version: "1",
    protocol: "http",
    parameters: { model: "m" },
    credential: { key: "x" },
    actions: [
      { action_type: "predict", method: "POST", url: "https://by-hand.example.com/predict", request_body: "{}" },
    ],
  });
  return { ids: [String(group.model_group_id), String(connector.connector_id)], settings };
}
