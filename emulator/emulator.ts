import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { controlAnswer } from "./control";
import { authorizeUser, Engine } from "./engine";
import { ApiError } from "./errors";
import { type FaultAction, FaultList } from "./faults";
import { filterPath } from "./http/filter-path";
import type { ApiRequest, ApiResponse } from "./http/request";
import { findUser, UNAUTHORIZED } from "./http/security";
import { errorAnswer, type Listener, listen, readBody, send } from "./http/server";
import { DEFAULT_TIMINGS, type EmulatorOptions, type Timings } from "./options";
import { type Profile, profileOf } from "./profiles";
import { StateFile, type StoredState } from "./state-file";
import type { Login } from "./upstream/authentication";
import { Gateway } from "./upstream/gateway";

type RequestLine = Pick<ApiRequest, "method" | "uri" | "path" | "query">;

/** A running emulator of the ML Commons API. */
export class Emulator {
  /** Faults for tests: see `Fault`. */
  readonly faults = new FaultList();
  private readonly profile: Profile;
  private readonly timings: Timings;
  private readonly stateFile: StateFile | undefined;
  private readonly gateway: Gateway | undefined;
  private engine: Engine;
  private listener: Listener | undefined;
  private control: Listener | undefined;

  constructor(private readonly options: EmulatorOptions) {
    this.profile = profileOf(options.profile ?? "3.4");
    this.timings = { ...DEFAULT_TIMINGS, ...options.timings };
    const { dataDirectory, upstream } = options;
    const stored = dataDirectory === undefined ? undefined : StateFile.load(dataDirectory);
    if (dataDirectory !== undefined) this.stateFile = new StateFile(dataDirectory, () => this.engine.state());
    this.engine = this.newEngine(stored);
    if (upstream)
      this.gateway = new Gateway(
        upstream,
        () => this.engine.core,
        () => this.stateFile?.markDirty(),
      );
  }

  /** Where it listens, `http://127.0.0.1:9200`. */
  get url(): string {
    const host = this.options.host ?? "127.0.0.1";
    const shown = host.includes(":") ? `[${host}]` : host;
    return `${this.options.tls ? "https" : "http"}://${shown}:${this.port}`;
  }

  get port(): number {
    return this.listener?.port ?? 0;
  }

  /** Where the control route for faults listens, when `controlPort` was given. */
  get controlUrl(): string | undefined {
    return this.control && `http://127.0.0.1:${this.control.port}`;
  }

  async start(): Promise<void> {
    const { host = "127.0.0.1", port = 0, tls, controlPort } = this.options;
    this.listener = await listen({ host, port, tls, answer: (message, out) => void this.answer(message, out) });
    if (controlPort === undefined) return;
    const answer = (message: IncomingMessage, out: ServerResponse) => void this.answerControl(message, out);
    this.control = await listen({ host: "127.0.0.1", port: controlPort, answer });
  }

  /** Stops at once: open connections end, the state is on disk. */
  async close(): Promise<void> {
    this.engine.stop();
    await Promise.all([this.listener?.close(), this.control?.close()]);
    this.gateway?.close();
    await this.stateFile?.flush();
  }

  /** What a restart of the server does: memory is lost, everything stored is still there. */
  restart(): void {
    const state = JSON.parse(JSON.stringify(this.engine.state())) as StoredState;
    this.engine.stop();
    this.engine = this.newEngine(state);
  }

  private newEngine(state: StoredState | undefined): Engine {
    const hasUpstream = this.options.upstream !== undefined;
    return new Engine({
      profile: this.profile.name,
      timings: this.timings,
      faults: this.faults,
      hasUpstream,
      secured: hasUpstream || (this.options.users?.length ?? 0) > 0,
      sharedIdWord: this.options.sharedIdWord,
      plugins: this.options.plugins ?? [],
      changed: () => this.stateFile?.markDirty(),
      state,
    });
  }

  private async answer(message: IncomingMessage, out: ServerResponse): Promise<void> {
    const startedAt = Date.now();
    const { method = "GET", url: uri = "/" } = message;
    const line = { method, uri, ...splitUri(uri) };
    const fault = this.faults.forRequest(method, line.path);
    if (fault?.kind === "refuse") {
      message.socket.destroy();
      return;
    }
    const status = this.isPassedOn(line, fault)
      ? await this.passOn(message, out, fault)
      : await this.serve(message, out, line, fault);
    this.options.log?.(`${method} ${uri} ${status} ${Date.now() - startedAt} ms`);
  }

  private isPassedOn({ method, path }: RequestLine, fault: FaultAction | undefined): boolean {
    if (!this.gateway || fault?.kind === "status") return false;
    return !this.gateway.isMl(path) && !this.gateway.isShared(method, path);
  }

  private async passOn(message: IncomingMessage, out: ServerResponse, fault: FaultAction | undefined): Promise<number> {
    try {
      if (fault?.kind === "delay") await sleep(fault.delayMs);
      return (await this.gateway?.pass(message, out, this.marker(), fault?.kind === "drop-response")) ?? 502;
    } catch (error) {
      const answer = errorAnswer(error);
      if (out.headersSent) out.destroy();
      else send(out, answer, this.markers(), message.method === "HEAD");
      return answer.status;
    }
  }

  private async serve(
    message: IncomingMessage,
    out: ServerResponse,
    line: RequestLine,
    fault: FaultAction | undefined,
  ): Promise<number> {
    const answer = await this.saved(await this.produce(message, line, fault));
    if (fault?.kind === "drop-response") {
      message.socket.destroy();
      return answer.status;
    }
    const body = answer.text === undefined ? filterPath(answer.body, line.query.get("filter_path")) : undefined;
    const isPretty = line.query.has("pretty") && line.query.get("pretty") !== "false";
    send(out, { ...answer, body }, this.markers(), line.method === "HEAD", isPretty);
    return answer.status;
  }

  private async produce(
    message: IncomingMessage,
    line: RequestLine,
    fault: FaultAction | undefined,
  ): Promise<ApiResponse> {
    try {
      const body = await readBody(message);
      if (fault?.kind === "delay") await sleep(fault.delayMs);
      if (fault?.kind === "status") return { status: fault.status, body: fault.body ?? faultBody(fault.status) };
      const request = { ...line, headers: message.headers, body, params: {}, user: undefined };
      if (this.gateway?.isShared(line.method, line.path)) return await this.gateway.serveShared(request);
      const login = await this.login(message.headers.authorization);
      if ("refusal" in login) return login.refusal;
      return await this.engine.serve({ ...request, user: login.user }, authorizeUser(login.user));
    } catch (error) {
      return errorAnswer(error);
    }
  }

  /** An answer says that its change will be there after a crash, so it waits for the disk. */
  private async saved(answer: ApiResponse): Promise<ApiResponse> {
    try {
      await this.stateFile?.flush();
      return answer;
    } catch (error) {
      const reason = `The emulator cannot save its state in ${this.options.dataDirectory}: ${String(error)}`;
      return errorAnswer(new ApiError(500, { type: "i_o_exception", reason }));
    }
  }

  private async login(authorization: string | undefined): Promise<Login> {
    if (this.gateway) return this.gateway.login(authorization);
    const users = this.options.users ?? [];
    if (users.length === 0) return { user: undefined };
    const user = findUser(users, authorization);
    return user ? { user } : { refusal: UNAUTHORIZED };
  }

  private async answerControl(message: IncomingMessage, out: ServerResponse): Promise<void> {
    try {
      const body = (await readBody(message)).toString("utf8");
      const { method = "GET", url = "/" } = message;
      const answer = controlAnswer({ method, path: url, body }, this.faults, () => this.restart());
      send(out, answer, this.markers(), false);
    } catch (error) {
      send(out, errorAnswer(error), this.markers(), false);
    }
  }

  /** What each answer says about who gives it. */
  private marker(): Record<string, string> {
    return { "x-ollama-chat-emulator": `ml-commons ${this.profile.serverVersion}` };
  }

  private markers(): Record<string, string> {
    return { "X-OpenSearch-Version": `OpenSearch/${this.profile.serverVersion} (opensearch)`, ...this.marker() };
  }
}

function faultBody(status: number): unknown {
  return new ApiError(status, { type: "status_exception", reason: `fault ordered by a test: ${status}` }).body();
}

function splitUri(uri: string): { path: string; query: ReadonlyMap<string, string> } {
  const at = uri.indexOf("?");
  const path = at < 0 ? uri : uri.slice(0, at);
  return { path, query: new Map(new URLSearchParams(at < 0 ? "" : uri.slice(at + 1))) };
}
