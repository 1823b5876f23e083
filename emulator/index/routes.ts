import type { Core } from "../core";
import { ApiError, type ErrorDetail, illegalArgument, indexNotFoundDetail } from "../errors";
import {
  type ApiRequest,
  type ApiResponse,
  flagParameter,
  jsonBody,
  ok,
  optionalJsonBody,
  pathParameter,
  wantsRefresh,
} from "../http/request";
import type { Route } from "../http/router";
import { plainValue } from "../json/read";
import { HIDDEN_FIELDS } from "../ml/system-indices";
import { bulk } from "./bulk";
import { type DocumentIndex, writeAnswer } from "./documents";
import { checkDocument, isRecord, readMapping } from "./mapping";
import { count, matching, search } from "./search";

const TIMING = [
  "timeout",
  "master_timeout",
  "cluster_manager_timeout",
  "wait_for_active_shards",
  "ignore_unavailable",
  "allow_no_indices",
  "expand_wildcards",
];
const WRITING = [
  "refresh",
  "timeout",
  "routing",
  "pipeline",
  "op_type",
  "if_seq_no",
  "if_primary_term",
  "require_alias",
];
const SEARCHING = [
  "size",
  "from",
  "q",
  "ignore_unavailable",
  "allow_no_indices",
  "expand_wildcards",
  "search_pipeline",
  "typed_keys",
  "preference",
];

/** The small part of the index API that retrieval examples need, in memory. With a server behind, that one serves it. */
export function indexRoutes(core: Core): Route[] {
  const api = new IndexApi(core);
  const route = (method: string, pattern: string, handler: Route["handler"], parameters: string[]): Route => ({
    method,
    pattern,
    handler,
    parameters,
  });
  const both = (pattern: string, handler: Route["handler"], parameters: string[]) =>
    ["GET", "POST"].map((method) => route(method, pattern, handler, parameters));
  return [
    route("PUT", "/{index}", api.create, TIMING),
    route("GET", "/{index}", api.get, [...TIMING, "flat_settings", "include_defaults"]),
    route("HEAD", "/{index}", api.exists, TIMING),
    route("DELETE", "/{index}", api.delete, TIMING),
    route("GET", "/{index}/_mapping", api.mapping, TIMING),
    ...both("/{index}/_search", api.search, SEARCHING),
    ...both("/_search", api.search, SEARCHING),
    ...both("/{index}/_count", api.count, SEARCHING),
    ...both("/{index}/_refresh", api.refresh, TIMING),
    route("POST", "/{index}/_delete_by_query", api.deleteByQuery, [
      ...SEARCHING,
      ...WRITING,
      "conflicts",
      "wait_for_completion",
    ]),
    ...["POST", "PUT"].flatMap((method) => [
      route(method, "/_bulk", (request) => bulk(core, request), WRITING),
      route(method, "/{index}/_bulk", (request) => bulk(core, request), WRITING),
      route(method, "/{index}/_doc/{id}", api.put, WRITING),
    ]),
    route("POST", "/{index}/_doc", api.put, WRITING),
    route("GET", "/{index}/_doc/{id}", api.getDocument, ["_source", "refresh", "realtime", "routing"]),
    route("DELETE", "/{index}/_doc/{id}", api.deleteDocument, WRITING),
  ];
}

class IndexApi {
  constructor(private readonly core: Core) {}

  readonly create = (request: ApiRequest): ApiResponse => {
    const name = pathParameter(request, "index");
    checkName(name);
    const existing = this.core.indices.get(name);
    if (existing) throw alreadyExists(existing);
    const body = optionalJsonBody(request);
    const { mappings, settings } = bodyOf(body && plainValue(body));
    const properties = isRecord(mappings) && isRecord(mappings.properties) ? mappings.properties : {};
    const mapping = readMapping(properties);
    this.core.indices.create(name, {
      mapping,
      settings: { ...(isRecord(settings) ? settings : {}), emulator_properties: properties },
    });
    return ok({ acknowledged: true, shards_acknowledged: true, index: name });
  };

  readonly get = (request: ApiRequest): ApiResponse => {
    const found = this.required(request);
    const shown = found.map((index) => {
      const { emulator_properties: properties, ...settings } = index.settings;
      const own = { uuid: index.uuid, provided_name: index.name, number_of_shards: "1", number_of_replicas: "1" };
      const given = isRecord(settings.index) ? settings.index : {};
      const texts = Object.fromEntries(Object.entries(given).map(([key, value]) => [key, String(value)]));
      return [index.name, { aliases: {}, mappings: { properties }, settings: { index: { ...own, ...texts } } }];
    });
    return ok(Object.fromEntries(shown));
  };

  readonly exists = (request: ApiRequest): ApiResponse => {
    return { status: this.core.indices.get(pathParameter(request, "index")) ? 200 : 404, text: "" };
  };

  readonly delete = (request: ApiRequest): ApiResponse => {
    for (const index of this.required(request)) this.core.indices.delete(index.name);
    return ok({ acknowledged: true });
  };

  readonly mapping = (request: ApiRequest): ApiResponse => {
    const shown = this.required(request).map((index) => {
      const properties = isRecord(index.settings.emulator_properties) ? index.settings.emulator_properties : {};
      return [index.name, { mappings: { properties } }];
    });
    return ok(Object.fromEntries(shown));
  };

  readonly search = (request: ApiRequest): ApiResponse => {
    return ok(search(this.found(request), optionalJsonBody(request), { hidden: HIDDEN_FIELDS }));
  };

  readonly count = (request: ApiRequest): ApiResponse => {
    const indices = this.found(request);
    const shards = { total: indices.length, successful: indices.length, skipped: 0, failed: 0 };
    return ok({ count: count(indices, optionalJsonBody(request)), _shards: shards });
  };

  readonly refresh = (request: ApiRequest): ApiResponse => {
    const indices = this.required(request);
    for (const index of indices) index.refresh();
    return ok({ _shards: { total: indices.length, successful: indices.length, failed: 0 } });
  };

  readonly deleteByQuery = (request: ApiRequest): ApiResponse => {
    const body = jsonBody(request);
    const query = body.kind === "object" ? body.fields.find(({ name }) => name === "query")?.value : undefined;
    if (!query) throw illegalArgument("query is missing");
    const deleted = this.required(request).flatMap((index) => matching(index, query).map(({ id }) => index.delete(id)));
    const total = deleted.length;
    const retries = { bulk: 0, search: 0 };
    const throttle = { throttled_millis: 0, requests_per_second: -1, throttled_until_millis: 0 };
    return ok({
      took: 1,
      timed_out: false,
      total,
      deleted: total,
      batches: total > 0 ? 1 : 0,
      version_conflicts: 0,
      noops: 0,
      retries,
      ...throttle,
      failures: [],
    });
  };

  readonly put = (request: ApiRequest): ApiResponse => {
    const source = bodyOf(plainValue(jsonBody(request)));
    const index = this.core.indices.ensure(pathParameter(request, "index"));
    const id = request.params.id;
    checkDocument(index.mapping, id ?? "", source);
    const result = index.put(id, source, { refresh: wantsRefresh(request) });
    return { status: result.result === "created" ? 201 : 200, body: writeAnswer(index.name, result) };
  };

  readonly getDocument = (request: ApiRequest): ApiResponse => {
    const name = pathParameter(request, "index");
    const id = pathParameter(request, "id");
    const document = this.required(request)[0]?.get(id);
    if (!document) return { status: 404, body: { _index: name, _id: id, found: false } };
    const { version, seqNo } = document;
    const source = Object.fromEntries(
      Object.entries(document.source).filter(([field]) => !HIDDEN_FIELDS.includes(field)),
    );
    return ok({
      _index: name,
      _id: id,
      _version: version,
      _seq_no: seqNo,
      _primary_term: 1,
      found: true,
      _source: source,
    });
  };

  readonly deleteDocument = (request: ApiRequest): ApiResponse => {
    const index = this.required(request)[0];
    const result = index?.delete(pathParameter(request, "id"));
    if (!index || !result) throw missingIndex(pathParameter(request, "index"));
    return { status: result.result === "deleted" ? 200 : 404, body: writeAnswer(index.name, result) };
  };

  private required(request: ApiRequest): DocumentIndex[] {
    const names = pathParameter(request, "index").split(",");
    return names.map((name) => {
      const index = this.core.indices.get(name);
      if (!index) throw missingIndex(name);
      return index;
    });
  }

  private found(request: ApiRequest): DocumentIndex[] {
    if (request.params.index === undefined) return this.userIndices();
    if (!flagParameter(request, "ignore_unavailable")) return this.required(request);
    const names = pathParameter(request, "index").split(",");
    return names.flatMap((name) => this.core.indices.get(name) ?? []);
  }

  private userIndices(): DocumentIndex[] {
    const names = this.core.indices.names().filter((name) => !name.startsWith("."));
    return names.flatMap((name) => this.core.indices.get(name) ?? []);
  }
}

function bodyOf(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

function missingIndex(name: string): ApiError {
  return new ApiError(404, indexNotFoundDetail(name, "index_or_alias"));
}

function alreadyExists(index: DocumentIndex): ApiError {
  const extras = { index: index.name, index_uuid: index.uuid };
  const reason = `index [${index.name}/${index.uuid}] already exists`;
  return new ApiError(400, { type: "resource_already_exists_exception", reason, extras });
}

function checkName(name: string): void {
  const problem = nameProblem(name);
  if (!problem) return;
  const extras = { index: name, index_uuid: "_na_" };
  const detail: ErrorDetail = {
    type: "invalid_index_name_exception",
    reason: `Invalid index name [${name}], ${problem}`,
    extras,
  };
  throw new ApiError(400, detail);
}

function nameProblem(name: string): string | undefined {
  if (name !== name.toLowerCase()) return "must be lowercase";
  if (/^[_\-+]/.test(name)) return "must not start with '_', '-', or '+'";
  if (/[\s"*\\<|,>/?#:]/.test(name)) return 'must not contain the following characters [ , ", *, \\, <, |, ,, >, /, ?]';
  return undefined;
}
