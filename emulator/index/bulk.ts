import type { Core } from "../core";
import { ApiError, illegalArgument } from "../errors";
import { type ApiRequest, type ApiResponse, checkContentType, ok, pathParameter, wantsRefresh } from "../http/request";
import { parseJson } from "../json/parse";
import { plainValue } from "../json/read";
import type { DocumentIndex, WriteResult } from "./documents";
import { writeAnswer } from "./documents";
import { checkWritable } from "./index-settings";
import { checkDocument, isRecord } from "./mapping";

type Verb = "index" | "create" | "update" | "delete";

/** `_bulk`: index, create, update and delete, each with its own result. */
export function bulk(core: Core, request: ApiRequest): ApiResponse {
  checkContentType(request);
  const text = request.body.toString("utf8");
  if (!text.endsWith("\n")) throw illegalArgument("The bulk request must be terminated by a newline [\\n]");
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const items: Record<string, unknown>[] = [];
  const touched = new Set<DocumentIndex>();
  for (let at = 0; at < lines.length; at++) {
    const { verb, target } = readAction(lines[at] ?? "", at);
    const name = typeof target._index === "string" ? target._index : pathParameter(request, "index");
    const id = target._id === undefined ? undefined : String(target._id);
    const line = verb === "delete" ? undefined : (lines[++at] ?? "{}");
    const index = core.indices.ensure(name);
    touched.add(index);
    items.push({ [verb]: runOne(index, verb, id, line) });
  }
  if (wantsRefresh(request)) for (const index of touched) index.refresh();
  const errors = items.some((item) => Object.values(item).some((result) => isRecord(result) && "error" in result));
  return ok({ took: 1, errors, items });
}

function readAction(line: string, at: number): { verb: Verb; target: Record<string, unknown> } {
  const action = plainValue(parseJson(line));
  const [verb, target] = isRecord(action) ? (Object.entries(action)[0] ?? []) : [];
  if (verb === "index" || verb === "create" || verb === "update" || verb === "delete") {
    return { verb, target: isRecord(target) ? target : {} };
  }
  throw illegalArgument(
    `Malformed action/metadata line [${at + 1}], expected field [create], [delete], [index] or [update] but found [${verb}]`,
  );
}

function runOne(index: DocumentIndex, verb: Verb, id: string | undefined, line: string | undefined): unknown {
  try {
    const { result, status } = apply(index, verb, id, line);
    return { ...writeAnswer(index.name, result, index.copies), status };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { type, reason, extras, causedBy } = error.detail;
    const shown = {
      type,
      reason,
      ...extras,
      ...(causedBy ? { caused_by: { type: causedBy.type, reason: causedBy.reason } } : {}),
    };
    return { _index: index.name, _id: id ?? "", status: error.status, error: shown };
  }
}

function apply(
  index: DocumentIndex,
  verb: Verb,
  id: string | undefined,
  line: string | undefined,
): { result: WriteResult; status: number } {
  checkWritable(index);
  if (verb === "delete") {
    const result = index.delete(id ?? "");
    return { result, status: result.result === "deleted" ? 200 : 404 };
  }
  const parsed = plainValue(parseJson(line ?? "{}"));
  const body = isRecord(parsed) ? parsed : {};
  if (verb === "update") return { result: update(index, id ?? "", body), status: 200 };
  checkDocument(index.mapping, id ?? "", body);
  if (verb === "create" && id !== undefined && index.get(id)) throw documentExists(index, id);
  const result = index.put(id, body);
  return { result, status: result.result === "created" ? 201 : 200 };
}

function update(index: DocumentIndex, id: string, body: Record<string, unknown>): WriteResult {
  const patch = isRecord(body.doc) ? body.doc : {};
  const result = index.patch(id, patch);
  if (result) return result;
  if (body.doc_as_upsert === true) return index.put(id, patch);
  throw new ApiError(404, {
    type: "document_missing_exception",
    reason: `[${id}]: document missing`,
    extras: { index: index.name },
  });
}

function documentExists(index: DocumentIndex, id: string): ApiError {
  const current = index.get(id)?.version ?? 1;
  const reason = `[${id}]: version conflict, document already exists (current version [${current}])`;
  return new ApiError(409, { type: "version_conflict_engine_exception", reason, extras: { index: index.name } });
}
