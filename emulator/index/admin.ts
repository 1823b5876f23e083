import { type Core, hasKnn } from "../core";
import { ApiError, type ErrorDetail, indexNotFoundDetail, parseError } from "../errors";
import {
  type ApiRequest,
  type ApiResponse,
  flagParameter,
  jsonBody,
  ok,
  optionalJsonBody,
  pathParameter,
} from "../http/request";
import { plainValue } from "../json/read";
import { checkTypes, definitionOf, merged } from "./definition";
import type { DocumentIndex } from "./documents";
import { checkDynamic, nestedSettings, readSettings, shownSettings } from "./index-settings";
import { isRecord, readMapping } from "./mapping";

/** Making, showing, changing and deleting indices. */
export class IndexAdmin {
  constructor(private readonly core: Core) {}

  readonly create = (request: ApiRequest): ApiResponse => {
    const name = pathParameter(request, "index");
    checkName(name);
    const existing = this.core.indices.get(name);
    if (existing) throw alreadyExists(existing);
    const body = optionalJsonBody(request);
    const { mappings, settings, ...others } = recordOf(body && plainValue(body));
    const unknown = Object.keys(others).find((key) => key !== "aliases");
    if (unknown !== undefined) throw parseError(`unknown key [${unknown}] for create index`);
    const knn = hasKnn(this.core);
    checkTypes(mappings, knn);
    const given = Object.entries(readSettings(settings, knn)).filter(([, value]) => value !== null);
    this.core.indices.create(name, {
      mapping: readMapping(propertiesOf(mappings)),
      definition: definitionOf(mappings),
      settings: Object.fromEntries(given) as Record<string, string | string[]>,
    });
    return ok({ acknowledged: true, shards_acknowledged: true, index: name });
  };

  readonly get = (request: ApiRequest): ApiResponse => {
    const shown = this.required(request).map((index) => [
      index.name,
      { aliases: {}, mappings: index.definition, settings: settingsOf(index, request) },
    ]);
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
    const shown = this.named(request).map((index) => [index.name, { mappings: index.definition }]);
    return ok(Object.fromEntries(shown));
  };

  readonly putMapping = (request: ApiRequest): ApiResponse => {
    const change = plainValue(jsonBody(request));
    for (const index of this.required(request)) {
      const types = withoutPrefix(() => {
        checkTypes(change, hasKnn(this.core));
        return readMapping(propertiesOf(change));
      });
      index.define(merged(index.definition, change), types);
    }
    return ok({ acknowledged: true });
  };

  readonly settings = (request: ApiRequest): ApiResponse => {
    const shown = this.required(request).map((index) => [index.name, { settings: settingsOf(index, request) }]);
    return ok(Object.fromEntries(shown));
  };

  readonly putSettings = (request: ApiRequest): ApiResponse => {
    const indices = this.required(request);
    const changes = readSettings(plainValue(jsonBody(request)), hasKnn(this.core));
    for (const index of indices) checkDynamic(changes, index);
    for (const index of indices) index.configure(changes);
    return ok({ acknowledged: true });
  };

  /** The indices that a request names, each of which has to be there. */
  required(request: ApiRequest): DocumentIndex[] {
    return pathParameter(request, "index")
      .split(",")
      .map((name) => this.core.indices.get(name) ?? missing(name));
  }

  /** The same, where `*` stands for any part of a name and may fit none. */
  private named(request: ApiRequest): DocumentIndex[] {
    const names = pathParameter(request, "index").split(",");
    if (!names.some((name) => name.includes("*"))) return this.required(request);
    const patterns = names.map((name) => new RegExp(`^${name.split("*").map(escaped).join(".*")}$`));
    const found = this.core.indices.names().filter((name) => patterns.some((pattern) => pattern.test(name)));
    return found.flatMap((name) => this.core.indices.get(name) ?? []);
  }
}

/** A mapping that cannot be read is told without the words that it has when an index is made. */
function withoutPrefix<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ApiError && error.rootCause) throw new ApiError(error.status, error.rootCause);
    throw error;
  }
}

function missing(name: string): never {
  throw new ApiError(404, indexNotFoundDetail(name, "index_or_alias"));
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.+?()[\]{}|]/g, "\\$&");
}

function settingsOf(index: DocumentIndex, request: ApiRequest): Record<string, unknown> {
  const flat = shownSettings(index, index.settings);
  return flagParameter(request, "flat_settings") ? flat : nestedSettings(flat);
}

function recordOf(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

function propertiesOf(mappings: unknown): Record<string, unknown> {
  return recordOf(recordOf(mappings).properties);
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

const LONGEST_NAME = 255;

function nameProblem(name: string): string | undefined {
  if (name !== name.toLowerCase()) return "must be lowercase";
  if (/^[_\-+]/.test(name)) return "must not start with '_', '-', or '+'";
  if (/[\s"*\\<|,>/?]/.test(name)) return 'must not contain the following characters [ , ", *, \\, <, |, ,, >, /, ?]';
  const letter = /[#:]/.exec(name)?.[0];
  if (letter !== undefined) return `must not contain '${letter}'`;
  const length = Buffer.byteLength(name);
  return length > LONGEST_NAME ? `index name is too long, (${length} > ${LONGEST_NAME})` : undefined;
}
