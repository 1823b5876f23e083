import type { Core } from "../core";
import { ApiError } from "../errors";
import { type ApiRequest, type ApiResponse, jsonBody, ok, pathParameter } from "../http/request";
import type { Route } from "../http/router";
import { plainValue } from "../json/read";
import { isRecord } from "./mapping";

const STORE = ".emulator-pipelines";
const PARAMETERS = ["timeout", "master_timeout", "cluster_manager_timeout", "summary"];

/** Ingest and search pipelines: kept and shown, never run. Read in documentation, not recorded. */
export function pipelineRoutes(core: Core): Route[] {
  return (["ingest", "search"] as const).flatMap((kind) => {
    const base = `/_${kind}/pipeline`;
    const route = (method: string, pattern: string, handler: Route["handler"]): Route => ({
      method,
      pattern,
      handler,
      parameters: PARAMETERS,
    });
    return [
      route("GET", base, () => ok(Object.fromEntries(all(core, kind)))),
      route("GET", `${base}/{id}`, (request) => get(core, kind, request)),
      route("PUT", `${base}/{id}`, (request) => put(core, kind, request)),
      route("DELETE", `${base}/{id}`, (request) => remove(core, kind, request)),
    ];
  });
}

function all(core: Core, kind: string): [string, unknown][] {
  const documents = core.indices.get(STORE)?.search() ?? [];
  const own = documents.filter(({ id }) => id.startsWith(`${kind}:`));
  return own.map(({ id, source }) => [id.slice(kind.length + 1), source]);
}

function get(core: Core, kind: string, request: ApiRequest): ApiResponse {
  const id = pathParameter(request, "id");
  const found = all(core, kind).filter(([name]) => id === "*" || id.split(",").includes(name));
  return { status: found.length > 0 ? 200 : 404, body: Object.fromEntries(found) };
}

function put(core: Core, kind: string, request: ApiRequest): ApiResponse {
  const body = plainValue(jsonBody(request));
  const id = `${kind}:${pathParameter(request, "id")}`;
  core.indices.ensure(STORE).put(id, isRecord(body) ? body : {}, { refresh: true });
  return ok({ acknowledged: true });
}

function remove(core: Core, kind: string, request: ApiRequest): ApiResponse {
  const name = pathParameter(request, "id");
  const removed = core.indices.get(STORE)?.delete(`${kind}:${name}`);
  if (removed?.result === "deleted") return ok({ acknowledged: true });
  throw new ApiError(404, { type: "resource_not_found_exception", reason: `pipeline [${name}] is missing` });
}
