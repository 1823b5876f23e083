import type { Json, ResourceWorld, Spec } from "../engine/support/resource-world";

/** One resource of each kind that needs only existing servers. A release's state is recorded from it. */
export function recordedProgram(world: ResourceWorld, ollama: { endpoint: string; model: string }): Spec[] {
  const connection: Json = world.connection();
  const wired = { modelGroupId: { ref: "described" }, connectorId: { ref: "connector" } };
  return [
    {
      type: "ClusterSetting",
      name: "owned",
      args: { connection, settings: { "plugins.ml_commons.max_register_model_tasks_per_node": 8 } },
    },
    {
      type: "ClusterSetting",
      name: "contributed",
      args: {
        connection,
        mode: "contribute",
        settings: {
          "plugins.ml_commons.trusted_connector_endpoints_regex": ["^https://api\\.example\\.com/v1/.*$"],
          "plugins.ml_commons.connector.private_ip_enabled": true,
        },
      },
    },
    { type: "ModelGroup", name: "plain", args: { connection } },
    { type: "ModelGroup", name: "described", args: { connection, description: "what its program says of it" } },
    { type: "Connector", name: "connector", args: world.connector({ credential: { key: "Fixed-Key-Of-The-Record" } }) },
    {
      type: "DeployedModel",
      name: "model",
      args: { connection, ...wired, settingsRevision: { ref: "contributed", output: "revision" } },
    },
    {
      type: "SearchIndex",
      name: "index",
      args: {
        connection,
        mappings: { properties: { text: { type: "text" }, source: { type: "keyword" } } },
        settings: { number_of_replicas: 0 },
      },
    },
    { type: "OllamaModel", name: "chat", args: { ...ollama } },
  ];
}
