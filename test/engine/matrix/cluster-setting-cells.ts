import { expect } from "vitest";
import type { Json } from "../support/resource-world";
import { type Bench, type Cell, TIMEOUTS } from "./cell";

const ML = "plugins.ml_commons.";
const NOT_SET = (key: string) => expect.not.objectContaining({ [ML + key]: expect.anything() });

type Change = Omit<Cell, "type" | "before" | "after" | "name"> & { readonly before: Json; readonly after: Json };

/** Each cell has keys of its own, since all of them live on one cluster. */
function cell(input: string, { before, after, ...rest }: Change): Cell {
  const args =
    (more: Json) =>
    ({ world }: Bench) => ({ connection: world.connection(), ...more });
  return { type: "ClusterSetting", name: `setting-${input}`, ...rest, before: args(before), after: args(after) };
}

const one = (key: string, value: unknown, more: Json = {}): Json => ({ settings: { [ML + key]: value }, ...more });

export const clusterSettingCells: readonly Cell[] = [
  {
    ...cell("connection", { op: "update", before: one("max_model_on_node", 11), after: {} }),
    after: ({ world }) => ({
      connection: world.connection({ requestTimeoutSeconds: 11 }),
      ...one("max_model_on_node", 11),
    }),
    holds: { persistent: expect.objectContaining({ [`${ML}max_model_on_node`]: "11" }) },
  },
  cell("value", {
    op: "update",
    before: one("max_ml_task_per_node", 20),
    after: one("max_ml_task_per_node", 21),
    holds: { persistent: expect.objectContaining({ [`${ML}max_ml_task_per_node`]: "21" }) },
  }),
  cell("list-entry", {
    op: "update",
    before: one("remote_job.status_field", ["status", "a"]),
    after: one("remote_job.status_field", ["status", "b"]),
    holds: { persistent: expect.objectContaining({ [`${ML}remote_job.status_field`]: ["status", "b"] }) },
  }),
  cell("null", {
    op: "update",
    before: one("native_memory_threshold", 80),
    after: one("native_memory_threshold", null),
    holds: { persistent: NOT_SET("native_memory_threshold") },
  }),
  cell("key-added", {
    op: "update",
    before: one("jvm_heap_memory_threshold", 80),
    after: { settings: { [`${ML}jvm_heap_memory_threshold`]: 80, [`${ML}monitoring_request_count`]: 50 } },
    holds: { persistent: expect.objectContaining({ [`${ML}monitoring_request_count`]: "50" }) },
  }),
  cell("key-dropped", {
    op: "update",
    beforehand: ({ world }) => world.set({ [`${ML}max_batch_inference_tasks`]: 33 }),
    before: { settings: { [`${ML}max_batch_inference_tasks`]: 44, [`${ML}max_batch_ingestion_tasks`]: 44 } },
    after: one("max_batch_ingestion_tasks", 44),
    holds: { persistent: expect.objectContaining({ [`${ML}max_batch_inference_tasks`]: "33" }) },
  }),
  cell("whenKnown", {
    op: "update",
    before: one("mcp_server_enabled", true),
    after: one("mcp_server_enabled", true, {
      whenKnown: { [`${ML}stream_enabled`]: true, [`${ML}of_a_later_version`]: true },
    }),
    holds: { persistent: expect.objectContaining({ [`${ML}stream_enabled`]: "true" }) },
  }),
  cell("scope", {
    op: "update",
    before: one("ml_task_timeout_in_seconds", 700),
    after: one("ml_task_timeout_in_seconds", 700, { scope: "transient" }),
    holds: {
      persistent: NOT_SET("ml_task_timeout_in_seconds"),
      transient: { [`${ML}ml_task_timeout_in_seconds`]: "700" },
    },
  }),
  cell("mode", {
    op: "update",
    before: one("task_dispatcher.eligible_node_role.local_model", ["data", "ml", "x"]),
    after: one("task_dispatcher.eligible_node_role.local_model", ["x"], { mode: "contribute" }),
    holds: {
      persistent: expect.objectContaining({
        [`${ML}task_dispatcher.eligible_node_role.local_model`]: ["data", "ml", "x"],
      }),
    },
  }),
  cell("restoreOnDelete", {
    op: "update",
    before: one("batch_ingestion_bulk_size", 600),
    after: one("batch_ingestion_bulk_size", 600, { restoreOnDelete: "default" }),
    holds: { persistent: expect.objectContaining({ [`${ML}batch_ingestion_bulk_size`]: "600" }) },
  }),
  cell("timeouts", {
    op: "update",
    before: one("safe_delete_model", false),
    after: one("safe_delete_model", false, TIMEOUTS),
  }),
  cell("as-text", {
    op: "same",
    before: one("controller_enabled", true),
    after: one("controller_enabled", "true"),
    holds: { persistent: expect.objectContaining({ [`${ML}controller_enabled`]: "true" }) },
  }),
  cell("nothing", {
    op: "same",
    before: one("enable_inhouse_python_model", true),
    after: one("enable_inhouse_python_model", true),
  }),
  cell("renamed", {
    op: "same",
    renamed: true,
    before: one("allow_custom_deployment_plan", true),
    after: one("allow_custom_deployment_plan", true),
  }),
  // Frozen into a model when it is deployed, so the cell of DeployedModel's settingsRevision refers to this one.
  cell("trusted", {
    op: "update",
    before: one("trusted_connector_endpoints_regex", ["^http://a/.*$"], { mode: "contribute" }),
    after: one("trusted_connector_endpoints_regex", ["^http://b/.*$"], { mode: "contribute" }),
    holds: {
      persistent: expect.objectContaining({
        [`${ML}trusted_connector_endpoints_regex`]: ["^http://127\\.0\\.0\\.1:.*$", "^http://b/.*$"],
      }),
    },
  }),
];
