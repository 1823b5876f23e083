import type { Core } from "../core";
import { ApiError, illegalArgument, indexNotFoundDetail } from "../errors";
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
import { IndexAdmin } from "./admin";
import { bulk } from "./bulk";
import { type DocumentIndex, writeAnswer } from "./documents";
import { checkWritable } from "./index-settings";
import { checkDocument, isRecord } from "./mapping";
import { reindex } from "./reindex";
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

const REINDEXING = ["refresh", "timeout", "wait_for_completion", "wait_for_active_shards", "requests_per_second"];

/** The small part of the index API that retrieval examples need, in memory. With a server behind, that one serves it. */
export function indexRoutes(core: Core): Route[] {
  const admin = new IndexAdmin(core);
  const api = new IndexApi(core, admin);
  const route = (method: string, pattern: string, handler: Route["handler"], parameters: string[]): Route => ({
    method,
    pattern,
    handler,
    parameters,
  });
  const both = (pattern: string, handler: Route["handler"], parameters: string[]) =>
    ["GET", "POST"].map((method) => route(method, pattern, handler, parameters));
  return [
    route("PUT", "/{index}", admin.create, TIMING),
    route("GET", "/{index}", admin.get, [...TIMING, "flat_settings", "include_defaults"]),
    route("HEAD", "/{index}", admin.exists, TIMING),
    route("DELETE", "/{index}", admin.delete, TIMING),
    route("GET", "/{index}/_mapping", admin.mapping, TIMING),
    ...["POST", "PUT"].map((method) => route(method, "/{index}/_mapping", admin.putMapping, TIMING)),
    route("GET", "/{index}/_settings", admin.settings, [...TIMING, "flat_settings", "include_defaults"]),
    route("PUT", "/{index}/_settings", admin.putSettings, [...TIMING, "flat_settings", "preserve_existing"]),
    route("POST", "/_reindex", (request) => reindex(core, request), REINDEXING),
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
  constructor(
    private readonly core: Core,
    private readonly admin: IndexAdmin,
  ) {}

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
    checkWritable(index);
    checkDocument(index.mapping, id ?? "", source);
    const result = index.put(id, source, { refresh: wantsRefresh(request) });
    return { status: result.result === "created" ? 201 : 200, body: writeAnswer(index.name, result, index.copies) };
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
    const [index] = this.required(request);
    if (index) checkWritable(index);
    const result = index?.delete(pathParameter(request, "id"));
    if (!index || !result) throw missingIndex(pathParameter(request, "index"));
    return { status: result.result === "deleted" ? 200 : 404, body: writeAnswer(index.name, result, index.copies) };
  };

  private required(request: ApiRequest): DocumentIndex[] {
    return this.admin.required(request);
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
