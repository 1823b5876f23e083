import type { SettingValue } from "../cluster/setting-values";
import {
  readSettingRequest,
  renderSettings,
  type SettingRequest,
  type SettingScope,
  wildcard,
} from "../cluster/settings";
import type { Core } from "../core";
import { ApiError } from "../errors";
import { type ApiRequest, type ApiResponse, flagParameter, ok, optionalJsonBody } from "../http/request";
import { isRecord } from "../index/mapping";
import { relay } from "./authentication";
import type { UpstreamConnection } from "./connection";

const OURS = "plugins.ml_commons.";
/** Changes nothing on the real server, which has no such settings, but lets it check who may change settings. */
const NO_CHANGE = { persistent: { [`${OURS}*`]: null } };
const SCOPES: readonly SettingScope[] = ["persistent", "transient"];

/** `_cluster/settings` over two keepers: ours for ML Commons, the real server for the rest. */
export class SharedSettings {
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly connection: UpstreamConnection,
    private readonly core: () => Core,
    private readonly changed: () => void,
  ) {}

  /** Both parts, section by section. */
  async get(request: ApiRequest): Promise<ApiResponse> {
    const answer = await this.connection.fetch({
      method: "GET",
      uri: withoutFilter(request),
      headers: request.headers,
    });
    if (answer.status !== 200) return relay(answer);
    const flat = flagParameter(request, "flat_settings");
    const theirs: unknown = JSON.parse(answer.body.toString("utf8"));
    const sections = isRecord(theirs) ? theirs : {};
    const merged: Record<string, unknown> = {
      ...sections,
      persistent: mergeSections(sections.persistent, renderSettings(this.core().settings.scope("persistent"), flat)),
      transient: mergeSections(sections.transient, renderSettings(this.core().settings.scope("transient"), flat)),
    };
    if (isRecord(sections.defaults)) {
      merged.defaults = mergeSections(sections.defaults, renderSettings(this.core().settings.defaults(), flat));
    }
    return ok(merged);
  }

  /** One change at a time, all or nothing: ours is checked first, theirs decides, ours is applied only on 200. */
  put(request: ApiRequest): Promise<ApiResponse> {
    const next = this.last.then(() => this.putNow(request));
    this.last = next.catch(() => undefined);
    return next;
  }

  private async putNow(request: ApiRequest): Promise<ApiResponse> {
    const changes = readChanges(request);
    if (!changes || !hasOurs(changes)) return this.forward(request, request.body);
    const ours = pick(changes, (key) => coversOurs(key));
    const theirs = pick(changes, (key) => !key.startsWith(OURS));
    this.core().settings.check(ours);
    const body = Buffer.from(JSON.stringify(isEmpty(theirs) ? NO_CHANGE : plain(theirs)));
    const answer = await this.connection.fetch({ ...line(request), headers: headersFor(request, body), body });
    if (answer.status !== 200) return relay(answer);
    this.core().settings.apply(ours);
    this.changed();
    const flat = flagParameter(request, "flat_settings");
    const given: unknown = JSON.parse(answer.body.toString("utf8"));
    const sections = isRecord(given) ? given : {};
    return ok({
      ...sections,
      persistent: mergeSections(sections.persistent, renderSettings(ours.persistent, flat)),
      transient: mergeSections(sections.transient, renderSettings(ours.transient, flat)),
    });
  }

  private async forward(request: ApiRequest, body: Buffer): Promise<ApiResponse> {
    return relay(await this.connection.fetch({ ...line(request), headers: request.headers, body }));
  }
}

function line(request: ApiRequest): { method: string; uri: string } {
  return { method: request.method, uri: withoutFilter(request) };
}

function headersFor(request: ApiRequest, body: Buffer): ApiRequest["headers"] {
  return { ...request.headers, "content-type": "application/json", "content-length": String(body.length) };
}

/** The changes a body asks for; undefined when the real server is to judge the body. */
function readChanges(request: ApiRequest): SettingRequest | undefined {
  try {
    const body = optionalJsonBody(request);
    return body && readSettingRequest(body);
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}

function hasOurs(changes: SettingRequest): boolean {
  return SCOPES.some((scope) => [...changes[scope].keys()].some(coversOurs));
}

/** Whether a key is ours, or a wildcard that reaches ours too. */
function coversOurs(key: string): boolean {
  return key.startsWith(OURS) || (key.includes("*") && wildcard(key).test(`${OURS}x`));
}

function pick(changes: SettingRequest, wanted: (key: string) => boolean): SettingRequest {
  const part = (scope: SettingScope) => new Map([...changes[scope]].filter(([key]) => wanted(key)));
  return { persistent: part("persistent"), transient: part("transient") };
}

function isEmpty(changes: SettingRequest): boolean {
  return changes.persistent.size + changes.transient.size === 0;
}

function plain(changes: SettingRequest): Record<string, Record<string, SettingValue | null>> {
  return Object.fromEntries(SCOPES.map((scope) => [scope, Object.fromEntries(changes[scope])]));
}

function mergeSections(theirs: unknown, ours: Record<string, unknown>): Record<string, unknown> {
  const merged: Record<string, unknown> = isRecord(theirs) ? { ...theirs } : {};
  for (const [key, value] of Object.entries(ours)) {
    merged[key] = isRecord(value) ? mergeSections(merged[key], value) : value;
  }
  return merged;
}

/** `filter_path` is applied to the merged answer, not before. */
function withoutFilter({ path, query }: ApiRequest): string {
  const kept = new URLSearchParams([...query].filter(([name]) => name !== "filter_path"));
  return kept.size > 0 ? `${path}?${kept.toString()}` : path;
}
