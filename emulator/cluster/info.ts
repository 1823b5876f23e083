import { type Core, pause } from "../core";
import { illegalArgument } from "../errors";
import { type ApiRequest, type ApiResponse, ok } from "../http/request";
import type { Route } from "../http/router";

/** What `version.build_type` says, so that nobody takes the emulator for the real server. */
export const EMULATOR_BUILD_TYPE = "emulator";

/** Routes that tell what the server is and how it is. */
export function infoRoutes(core: Core): Route[] {
  const get = (pattern: string, handler: Route["handler"], parameters?: string[]): Route => ({
    method: "GET",
    pattern,
    handler,
    parameters,
  });
  const health = (request: ApiRequest) => clusterHealth(core, request);
  return [
    get("/", () => ok(rootInfo(core))),
    get("/_cluster/health", health, HEALTH_PARAMETERS),
    get("/_cluster/health/{index}", health, HEALTH_PARAMETERS),
    get("/_cat/plugins", (request) => catPlugins(core, request), ["v", "h", "s", "help", "local", "master_timeout"]),
    get("/_cat/nodes", (request) => catNodes(core, request), ["v", "h", "s", "full_id"]),
  ];
}

function rootInfo({ node, profile }: Core): unknown {
  return {
    name: node.nodeName,
    cluster_name: node.clusterName,
    cluster_uuid: node.clusterUuid,
    version: {
      distribution: "opensearch",
      number: profile.serverVersion,
      build_type: EMULATOR_BUILD_TYPE,
      build_hash: profile.buildHash,
      build_date: profile.buildDate,
      build_snapshot: false,
      lucene_version: profile.luceneVersion,
      minimum_wire_compatibility_version: profile.name === "2.19" ? "7.10.0" : "2.19.0",
      minimum_index_compatibility_version: profile.name === "2.19" ? "7.0.0" : "2.0.0",
    },
    tagline: "The OpenSearch Project: https://opensearch.org/",
  };
}

const HEALTH_PARAMETERS = [
  "wait_for_status",
  "timeout",
  "level",
  "local",
  "wait_for_nodes",
  "wait_for_active_shards",
  "wait_for_no_relocating_shards",
  "wait_for_no_initializing_shards",
  "wait_for_events",
  "cluster_manager_timeout",
  "master_timeout",
];

async function clusterHealth(core: Core, request: ApiRequest): Promise<ApiResponse> {
  const wanted = request.query.get("wait_for_status");
  if (wanted !== undefined && !["green", "yellow", "red"].includes(wanted)) {
    throw illegalArgument(`No enum constant org.opensearch.cluster.health.ClusterHealthStatus.${wanted.toUpperCase()}`);
  }
  const index = request.params.index;
  const isMissing = index !== undefined && core.indices.get(index) === undefined;
  if (isMissing) await pause(durationMs(request.query.get("timeout") ?? "30s"));
  const shards = index === undefined ? core.indices.names().length : isMissing ? 0 : 1;
  const body = {
    cluster_name: core.node.clusterName,
    status: isMissing ? "red" : "green",
    timed_out: isMissing,
    number_of_nodes: 1,
    number_of_data_nodes: 1,
    discovered_master: true,
    discovered_cluster_manager: true,
    active_primary_shards: shards,
    active_shards: shards,
    relocating_shards: 0,
    initializing_shards: 0,
    unassigned_shards: 0,
    delayed_unassigned_shards: 0,
    number_of_pending_tasks: 0,
    number_of_in_flight_fetch: 0,
    task_max_waiting_in_queue_millis: 0,
    active_shards_percent_as_number: 100,
  };
  return { status: isMissing ? 408 : 200, body };
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads `200ms`, `5s`, `1m`. */
export function durationMs(text: string): number {
  const [, amount, unit = ""] = /^(\d+)(ms|s|m|h|d)$/.exec(text) ?? [];
  if (amount === undefined) {
    throw illegalArgument(
      `failed to parse setting [timeout] with value [${text}] as a time value: unit is missing or unrecognized`,
    );
  }
  return Number(amount) * (UNIT_MS[unit] ?? 1);
}

/** The plugins that the emulator answers for, as rows of `_cat/plugins`. */
export function pluginRows(core: Core): Record<string, string>[] {
  const { node, profile, plugins } = core;
  return ["opensearch-ml", ...plugins].map((component) => {
    return { id: node.nodeId, name: node.nodeName, component, version: profile.pluginVersion };
  });
}

function catPlugins(core: Core, request: ApiRequest): ApiResponse {
  return catTable(request, pluginRows(core), ["name", "component", "version"]);
}

function catNodes(core: Core, request: ApiRequest): ApiResponse {
  const row = {
    ip: "127.0.0.1",
    "node.role": "dimr",
    "node.roles": "cluster_manager,data,ingest,ml",
    cluster_manager: "*",
    name: core.node.nodeName,
  };
  return catTable(request, [row], ["ip", "node.role", "node.roles", "cluster_manager", "name"]);
}

/** A `_cat` answer: aligned text, or JSON with `format=json`. */
export function catTable(
  request: ApiRequest,
  rows: readonly Record<string, string>[],
  columns: readonly string[],
): ApiResponse {
  const chosen = request.query.get("h")?.split(",") ?? columns;
  const isJson = request.query.get("format") === "json" || request.headers.accept === "application/json";
  const cells = rows.map((row) => Object.fromEntries(chosen.map((column) => [column, row[column] ?? ""])));
  if (isJson) return ok(cells);
  const header = request.query.has("v") ? [Object.fromEntries(chosen.map((column) => [column, column]))] : [];
  const table = [...header, ...cells];
  const widths = chosen.map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const lines = table.map((row) => chosen.map((column, at) => (row[column] ?? "").padEnd(widths[at] ?? 0)).join(" "));
  return { status: 200, text: lines.map((line) => `${line}\n`).join("") };
}
