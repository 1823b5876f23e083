import type { ProfileName } from "../profiles";

/** How a setting's value is written, checked and read. */
export type SettingKind =
  | { type: "boolean"; default: boolean }
  | { type: "integer"; default: number; min?: number; max?: number }
  | { type: "fraction"; default: number; min?: number; max?: number }
  | { type: "text"; default: string }
  | { type: "list"; default: readonly string[]; safeRegexes?: boolean }
  | { type: "bytes"; default: string };

/** A setting the server knows. `fixed`: only in the configuration file; `final`: also never by a later start. */
export type SettingDefinition = SettingKind & { key: string; changes?: "fixed" | "final"; since?: ProfileName };

const ML = "plugins.ml_commons.";

function flag(name: string, value: boolean, since?: ProfileName): SettingDefinition {
  return { key: ML + name, type: "boolean", default: value, since };
}

function count(name: string, value: number, min?: number, max?: number): SettingDefinition {
  return { key: ML + name, type: "integer", default: value, min, max };
}

function text(name: string, value: string): SettingDefinition {
  return { key: ML + name, type: "text", default: value };
}

function list(name: string, value: readonly string[]): SettingDefinition {
  return { key: ML + name, type: "list", default: value };
}

/** Cloud vendors only: nothing local is trusted until someone says so. */
const TRUSTED_BY_DEFAULT = [
  "^https://runtime\\.sagemaker\\..*[a-z0-9-]\\.amazonaws\\.com/.*$",
  "^https://api\\.sagemaker\\..*[a-z0-9-]\\.amazonaws\\.com/.*$",
  "^https://api\\.openai\\.com/.*$",
  "^https://api\\.cohere\\.ai/.*$",
  "^https://api\\.deepseek\\.com/.*$",
  "^https://bedrock-runtime\\..*[a-z0-9-]\\.amazonaws\\.com/.*$",
  "^https://bedrock-agent-runtime\\..*[a-z0-9-]\\.amazonaws\\.com/.*$",
  "^https://bedrock\\..*[a-z0-9-]\\.amazonaws\\.com/.*$",
  "^https://textract\\..*[a-z0-9-]\\.amazonaws\\.com$",
  "^https://comprehend\\..*[a-z0-9-]\\.amazonaws\\.com$",
  "^https://rekognition(-fips)?\\..*[a-z0-9-]\\.amazonaws\\.com$",
];

/**
 * Keys, defaults and bounds of ML Commons, from `MLCommonsSettings` of its tags 2.19.4.0, 3.4.0.0 and 3.7.0.0.
 * Recorded: the 24 that the `settings-include-defaults` scenario lists; read in source: the others.
 */
export const ML_SETTINGS: readonly SettingDefinition[] = [
  text("task_dispatch_policy", "round_robin"),
  count("max_model_on_node", 10, 0, 10_000),
  count("max_register_model_tasks_per_node", 10, 0, 10),
  count("max_batch_inference_tasks", 100, 0, 10_000),
  count("max_batch_ingestion_tasks", 100, 0, 10_000),
  count("batch_ingestion_bulk_size", 500, 100, 100_000),
  count("max_deploy_model_tasks_per_node", 10, 0, 10),
  count("max_ml_task_per_node", 10, 0, 10_000),
  flag("only_run_on_ml_node", true),
  flag("enable_inhouse_python_model", false),
  count("sync_up_job_interval_in_seconds", 10, 0, 86_400),
  count("ml_task_timeout_in_seconds", 600, 1, 86_400),
  count("monitoring_request_count", 100, 0, 10_000_000),
  text("trusted_url_regex", "^(https?|ftp|file)://[-a-zA-Z0-9+&@#/%?=~_|!:,.;]*[-a-zA-Z0-9+&@#/%=~_|]"),
  count("native_memory_threshold", 90, 0, 100),
  count("jvm_heap_memory_threshold", 85, 0, 100),
  { key: `${ML}disk_free_space_threshold`, type: "bytes", default: "5368709120b" },
  text("exclude_nodes._name", ""),
  flag("allow_custom_deployment_plan", false),
  flag("model_auto_deploy.enable", true),
  flag("model_auto_redeploy.enable", true),
  count("model_auto_redeploy.lifetime_retry_times", 3),
  { key: `${ML}model_auto_redeploy_success_ratio`, type: "fraction", default: 0.8, min: 0, max: 1 },
  flag("allow_registering_model_via_url", false),
  flag("allow_registering_model_via_local_file", false),
  flag("remote_inference.enabled", true),
  flag("local_model.enabled", true),
  flag("model_access_control_enabled", false),
  flag("connector_access_control_enabled", false),
  flag("offline_batch_ingestion_enabled", true),
  flag("offline_batch_inference_enabled", true),
  list("trusted_connector_endpoints_regex", TRUSTED_BY_DEFAULT),
  list("task_dispatcher.eligible_node_role.remote_model", ["data", "ml"]),
  list("task_dispatcher.eligible_node_role.local_model", ["data", "ml"]),
  flag("memory_feature_enabled", true),
  flag("rag_pipeline_feature_enabled", true),
  flag("agent_framework_enabled", true),
  flag("connector.private_ip_enabled", false),
  list("remote_job.status_field", ["status", "Status", "TransformJobStatus"]),
  text("remote_job.status_regex.completed", "(complete|completed|partiallyCompleted)"),
  text("remote_job.status_regex.cancelled", "(stopped|cancelled)"),
  text("remote_job.status_regex.cancelling", "(stopping|cancelling)"),
  text("remote_job.status_regex.expired", "(expired|timeout)"),
  text("remote_job.status_regex.failed", "(failed)"),
  flag("controller_enabled", true),
  flag("safe_delete_model", false),
  { ...flag("multi_tenancy_enabled", false), changes: "fixed" },
  flag("index_insight_feature_enabled", false, "3.4"),
  flag("mcp_connector_enabled", false, "3.4"),
  flag("mcp_server_enabled", false, "3.4"),
  flag("execute_tools_enabled", true, "3.4"),
  flag("agentic_memory_enabled", true, "3.4"),
  flag("stream_enabled", false, "3.4"),
  flag("metrics_static_collection_enabled", false, "3.4"),
  { ...flag("metrics_collection_enabled", false, "3.4"), changes: "final" },
  flag("ag_ui_enabled", false, "3.7"),
  flag("unified_agent_api_enabled", false, "3.7"),
  flag("remote_agentic_memory_enabled", false, "3.7"),
  flag("mcp_header_passthrough_enabled", false, "3.7"),
  { ...list("trusted_connector_private_endpoints_regex", []), safeRegexes: true, since: "3.7" } as SettingDefinition,
  {
    ...list("connector.restricted_ip_patterns", []),
    safeRegexes: true,
    changes: "final",
    since: "3.7",
  } as SettingDefinition,
];

/** A few settings of OpenSearch itself, so that clients of any cluster setting have something to work on. */
export const CORE_SETTINGS: readonly SettingDefinition[] = [
  { key: "action.auto_create_index", type: "text", default: "true" },
  { key: "action.destructive_requires_name", type: "boolean", default: false },
  { key: "cluster.max_shards_per_node", type: "integer", default: 1000, min: 1 },
  { key: "cluster.routing.allocation.enable", type: "text", default: "all" },
  { key: "cluster.routing.allocation.disk.threshold_enabled", type: "boolean", default: true },
  { key: "indices.recovery.max_bytes_per_sec", type: "bytes", default: "40mb" },
  { key: "search.default_search_timeout", type: "text", default: "-1" },
];
