import type { Core } from "../core";
import { ApiError, indexNotFoundDetail, parseError, validationFailed } from "../errors";
import { type ApiRequest, type ApiResponse, optionalJsonBody, wantsRefresh } from "../http/request";
import { plainValue } from "../json/read";
import { checkWritable } from "./index-settings";
import { checkDocument, isRecord } from "./mapping";

/** `_reindex` of one whole index into another, as it is answered when all is done. */
export function reindex(core: Core, request: ApiRequest): ApiResponse {
  const body = optionalJsonBody(request);
  if (!body) throw parseError("request body is required");
  const { from, to } = namesOf(plainValue(body));
  if (from === undefined) throw validationFailed(["use _all if you really want to copy from all existing indexes"]);
  if (to === undefined) throw validationFailed(["index must be specified"]);
  const source = core.indices.get(from);
  if (!source) throw new ApiError(404, indexNotFoundDetail(from, "index_or_alias"));
  if (from === to) throw validationFailed([`reindex cannot write into an index its reading from [${from}]`]);
  const target = core.indices.ensure(to);
  const documents = source.search();
  const failures: { readonly status: number }[] = [];
  let created = 0;
  let updated = 0;
  for (const { id, source: fields } of documents) {
    try {
      checkWritable(target);
      checkDocument(target.mapping, id, { ...fields });
      if (target.put(id, { ...fields }).result === "created") created += 1;
      else updated += 1;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const { type, reason, causedBy } = error.detail;
      const cause = {
        type,
        reason,
        ...(causedBy ? { caused_by: { type: causedBy.type, reason: causedBy.reason } } : {}),
      };
      const failure = { index: to, id, cause, status: error.status };
      failures.push(failure);
    }
  }
  if (wantsRefresh(request)) target.refresh();
  const status = Math.max(200, ...failures.map((failure) => failure.status));
  const answer = {
    took: 1,
    timed_out: false,
    total: documents.length,
    updated,
    created,
    deleted: 0,
    batches: documents.length > 0 ? 1 : 0,
    version_conflicts: 0,
    noops: 0,
    retries: { bulk: 0, search: 0 },
    throttled_millis: 0,
    requests_per_second: -1,
    throttled_until_millis: 0,
    failures,
  };
  return { status, body: answer };
}

function namesOf(body: unknown): { from: string | undefined; to: string | undefined } {
  const { source, dest } = isRecord(body) ? body : {};
  const name = (part: unknown) => (isRecord(part) && typeof part.index === "string" ? part.index : undefined);
  return { from: name(source), to: name(dest) };
}
