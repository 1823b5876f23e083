import type { Mapping } from "../index/mapping";

export const MODEL_INDEX = ".plugins-ml-model";
export const CONNECTOR_INDEX = ".plugins-ml-connector";
export const GROUP_INDEX = ".plugins-ml-model-group";
export const TASK_INDEX = ".plugins-ml-task";
export const AGENT_INDEX = ".plugins-ml-agent";

/** Fields that hold secrets or belong to the emulator alone; no search shows them. */
export const HIDDEN_FIELDS: readonly string[] = ["credential", "inline_credential"];

/**
 * How ML Commons maps its documents. `connector_id` isn't mapped on 3.4, so it is dynamic: analysed text, and a
 * `term` query on it finds nothing. Recorded.
 */
export const SYSTEM_MAPPINGS: Readonly<Record<string, Mapping>> = {
  [MODEL_INDEX]: {
    name: "dynamic",
    description: "text",
    connector_id: "dynamic",
    model_group_id: "keyword",
    model_state: "keyword",
    algorithm: "keyword",
    model_version: "keyword",
    model_format: "keyword",
    planning_worker_nodes: "keyword",
    is_hidden: "boolean",
    is_enabled: "boolean",
    rate_limiter: "flat",
    deploy_setting: "flat",
    created_time: "date",
    last_updated_time: "date",
    last_deployed_time: "date",
  },
  [CONNECTOR_INDEX]: {
    name: "dynamic",
    description: "text",
    protocol: "keyword",
    version: "keyword",
    access: "keyword",
    parameters: "flat",
    actions: "flat",
    client_config: "flat",
  },
  [GROUP_INDEX]: { name: "dynamic", description: "text", access: "keyword", latest_version: "integer" },
  [TASK_INDEX]: {
    model_id: "keyword",
    task_type: "keyword",
    function_name: "keyword",
    state: "keyword",
    worker_node: "keyword",
    error: "text",
    create_time: "date",
    last_update_time: "date",
  },
};
