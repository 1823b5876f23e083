import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { catTable, EMULATOR_BUILD_TYPE, pluginRows } from "../cluster/info";
import type { Core } from "../core";
import { type ApiRequest, type ApiResponse, ok } from "../http/request";
import { isRecord } from "../index/mapping";
import type { UpstreamOptions } from "../options";
import { type Login, relay, UpstreamAuthentication } from "./authentication";
import { endToEnd, UpstreamConnection } from "./connection";
import { SharedSettings } from "./settings";

const ML_PATH = /^\/_plugins\/_ml(\/|$)/;
const CAT_PLUGIN_NAMES: Readonly<Record<string, string>> = {
  n: "name",
  c: "component",
  v: "version",
  d: "description",
};

/** The real server behind: everything that isn't ML Commons goes there, as it is. */
export class Gateway {
  private readonly connection: UpstreamConnection;
  private readonly authentication: UpstreamAuthentication;
  private readonly settings: SharedSettings;

  constructor(
    options: UpstreamOptions,
    private readonly core: () => Core,
    changed: () => void,
  ) {
    this.connection = new UpstreamConnection(options);
    this.authentication = new UpstreamAuthentication(this.connection);
    this.settings = new SharedSettings(this.connection, core, changed);
  }

  login(authorization: string | undefined): Promise<Login> {
    return this.authentication.login(authorization);
  }

  /** Whether the emulator answers itself, as ML Commons. */
  isMl(path: string): boolean {
    return ML_PATH.test(path);
  }

  /** Whether an answer of the real server has to be changed on its way. */
  isShared(method: string, path: string): boolean {
    const name = path.replace(/\/+$/, "") || "/";
    if (name === "/_cluster/settings") return method === "GET" || method === "PUT";
    return method === "GET" && (name === "/" || name === "/_cat/plugins");
  }

  async serveShared(request: ApiRequest): Promise<ApiResponse> {
    const name = request.path.replace(/\/+$/, "") || "/";
    if (name === "/") return this.rootInfo(request);
    if (name === "/_cat/plugins") return this.catPlugins(request);
    if (request.method === "GET") return this.settings.get(request);
    const login = await this.login(request.headers.authorization);
    return "refusal" in login ? login.refusal : this.settings.put(request);
  }

  /** Passes a request on and its answer back, both as they come. */
  async pass(
    message: IncomingMessage,
    out: ServerResponse,
    markers: Record<string, string>,
    isDropped: boolean,
  ): Promise<number> {
    const { method = "GET", url: uri = "/", headers } = message;
    const hasBody = headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
    const answer = await this.connection.open({ method, uri, headers, body: hasBody ? message : undefined });
    const status = answer.statusCode ?? 502;
    if (method !== "GET" && method !== "HEAD" && uri.startsWith("/_plugins/_security/")) this.authentication.forget();
    if (isDropped) {
      answer.resume();
      message.socket.destroy();
      return status;
    }
    out.writeHead(status, { ...endToEnd(answer.headers), ...markers });
    await pipeline(answer, out);
    return status;
  }

  close(): void {
    this.connection.close();
  }

  private async rootInfo(request: ApiRequest): Promise<ApiResponse> {
    const answer = await this.connection.fetch({ method: "GET", uri: "/", headers: request.headers });
    if (answer.status !== 200) return relay(answer);
    const info: unknown = JSON.parse(answer.body.toString("utf8"));
    if (!isRecord(info) || !isRecord(info.version)) return relay(answer);
    return ok({ ...info, version: { ...info.version, build_type: EMULATOR_BUILD_TYPE } });
  }

  private async catPlugins(request: ApiRequest): Promise<ApiResponse> {
    const uri = "/_cat/plugins?format=json&h=id,name,component,version,description";
    const answer = await this.connection.fetch({ method: "GET", uri, headers: request.headers });
    if (answer.status !== 200) return relay(answer);
    const rows: unknown = JSON.parse(answer.body.toString("utf8"));
    const theirs = Array.isArray(rows) ? (rows as Record<string, string>[]) : [];
    const names = new Set(theirs.map(({ name }) => name));
    const ours = pluginRows(this.core());
    const added =
      names.size > 0
        ? [...names].flatMap((name) => ours.map((row) => ({ ...row, name: name ?? row.name ?? "" })))
        : ours;
    return catTable(withFullNames(request), [...theirs, ...added], ["name", "component", "version"]);
  }
}

function withFullNames(request: ApiRequest): ApiRequest {
  const columns = request.query.get("h");
  if (columns === undefined) return request;
  const full = columns.split(",").map((column) => CAT_PLUGIN_NAMES[column] ?? column);
  return { ...request, query: new Map([...request.query, ["h", full.join(",")]]) };
}
