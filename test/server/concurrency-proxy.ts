import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse, request as send } from "node:http";
import type { AddressInfo } from "node:net";

/** Decides when a request may go on to the server behind. */
type Gate = (request: string, body: string) => Promise<void> | undefined;

/** Passes requests on to a server and counts what comes at once. */
export class CountingProxy {
  /** `METHOD /path`, in the order of arrival. */
  readonly requests: string[] = [];
  /** Connections that were opened to it. */
  connections = 0;
  gate: Gate = () => undefined;
  readonly #most = new Map<string, number>();
  readonly #now = new Map<string, number>();
  readonly #server = createServer((request, response) => void this.#pass(request, response));

  private constructor(private readonly behind: string) {
    // On a busy machine one would idle for longer than Node.js keeps it, and be opened again.
    this.#server.keepAliveTimeout = 0;
    this.#server.on("connection", () => {
      this.connections += 1;
    });
  }

  static async before(behind: string): Promise<CountingProxy> {
    const proxy = new CountingProxy(behind);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  count(request: string): number {
    return this.requests.filter((seen) => seen === request).length;
  }

  /** The most requests of this kind that were on their way at the same time. */
  mostAtOnce(kind: string): number {
    return this.#most.get(kind) ?? 0;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString("utf8");
    const { method = "GET", url = "/", headers } = request;
    const name = `${method} ${url}`;
    this.requests.push(name);
    const kinds = ["any", name, ...groupIn(name, body)];
    for (const kind of kinds) this.#enter(kind);
    await this.gate(name, body);
    const onward = send(`${this.behind}${url}`, { method, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
      answer.on("end", () => {
        for (const kind of kinds) this.#now.set(kind, (this.#now.get(kind) ?? 0) - 1);
      });
    });
    onward.end(body);
  }

  #enter(kind: string): void {
    const now = (this.#now.get(kind) ?? 0) + 1;
    this.#now.set(kind, now);
    this.#most.set(kind, Math.max(now, this.mostAtOnce(kind)));
  }
}

/** `registrations into <group>`: what must never meet. */
function groupIn(request: string, body: string): string[] {
  if (!request.startsWith(REGISTER)) return [];
  return [`registrations into ${(JSON.parse(body) as { model_group_id: string }).model_group_id}`];
}

export const REGISTER = "POST /_plugins/_ml/models/_register";
