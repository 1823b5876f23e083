import { request as forward, type IncomingMessage, type ServerResponse } from "node:http";
import { LoopbackServer } from "./loopback-server";

export interface Refusal {
  readonly status: number;
  readonly body: string;
}

export interface GatewayOptions {
  /** Base URL of the server behind it, over plain HTTP. */
  readonly target: () => string;
  /** Path under which the server stands, such as `/ollama`. Default: none. */
  readonly prefix?: string;
  /** Why a request does not pass, if it doesn't. */
  readonly refuses: (request: IncomingMessage, body: string) => Refusal | undefined | Promise<Refusal | undefined>;
}

/** A gateway before a real server: it lets pass what may, and answers everything else itself. */
export class Gateway extends LoopbackServer {
  /** Requests that passed, and those that did not with their status, such as `GET /ollama/api/tags 401`. */
  readonly passed: string[] = [];
  readonly refused: string[] = [];

  constructor(private readonly options: GatewayOptions) {
    super();
  }

  /** Base URL for clients, with the prefix. */
  get url(): string {
    return this.endpoint + (this.options.prefix ?? "");
  }

  protected answer(request: IncomingMessage, body: string, response: ServerResponse): void {
    void this.#answer(request, body, response);
  }

  async #answer(request: IncomingMessage, body: string, response: ServerResponse): Promise<void> {
    const { prefix = "", target, refuses } = this.options;
    const { method, url = "/", headers } = request;
    const isBehind = url.startsWith(`${prefix}/`);
    const refusal = isBehind ? await refuses(request, body) : { status: 404, body: "404 page not found" };
    if (refusal !== undefined) {
      this.refused.push(`${method} ${url} ${refusal.status}`);
      const type = refusal.body.startsWith("{") ? "application/json" : "text/plain";
      response.writeHead(refusal.status, { "content-type": type }).end(refusal.body);
      return;
    }
    this.passed.push(`${method} ${url}`);
    const { authorization: _, host: __, ...others } = headers;
    const behind = forward(target() + url.slice(prefix.length), { method, headers: others }, (reply) => {
      response.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(response);
    });
    behind.once("error", () => response.destroy());
    response.once("close", () => behind.destroy());
    behind.end(body);
  }
}
