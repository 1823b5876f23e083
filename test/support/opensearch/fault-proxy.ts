import { once } from "node:events";
import {
  Agent,
  createServer,
  type IncomingMessage,
  request as plainRequest,
  type Server,
  type ServerResponse,
} from "node:http";
import { Agent as SecureAgent, request as secureRequest } from "node:https";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { type FaultAction, FaultList } from "./faults";

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

/** A request to the proxy, and its answer. */
export interface Exchange {
  readonly method: string;
  /** With the query. */
  readonly url: string;
  readonly body: string;
  /** Undefined if the connection was closed without an answer. */
  readonly answer: { readonly status: number; readonly body: string } | undefined;
}

/** Gets one line per request, such as `PUT /_cluster/settings 200`, and the request itself. */
export type Log = (line: string, exchange: Exchange) => void;

/** A proxy before a real OpenSearch. It forwards everything, except for the faults that a test orders. */
export class FaultProxy {
  readonly faults = new FaultList();
  /** The `cluster_uuid` that the cluster appears to have. */
  clusterUuid: string;
  readonly #target: URL;
  readonly #agent: Agent;
  readonly #server: Server = createServer((request, response) => void this.#serve(request, response));
  readonly #log: Log;
  #open = 0;

  constructor(target: string, clusterUuid: string, log: Log = () => undefined) {
    this.#target = new URL(target);
    this.clusterUuid = clusterUuid;
    this.#log = log;
    const options = { keepAlive: true, rejectUnauthorized: false };
    this.#agent = this.#target.protocol === "https:" ? new SecureAgent(options) : new Agent(options);
  }

  async start(port = 0): Promise<this> {
    this.#server.listen(port, "127.0.0.1");
    await once(this.#server, "listening");
    return this;
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
    this.#agent.destroy();
    await once(this.#server, "close");
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get #port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Number of unfinished requests, including those whose client is gone. */
  get open(): number {
    return this.#open;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#open += 1;
    const { method = "GET", url = "/" } = request;
    let body = Buffer.alloc(0);
    const log = (what: string | number, answer?: Answer) =>
      this.#log(`${method} ${url} ${what}`, {
        method,
        url,
        body: body.toString("utf8"),
        answer: answer && { status: answer.status, body: unpacked(answer).toString("utf8") },
      });
    try {
      body = await collected(request);
      const path = url.split("?", 1)[0] ?? url;
      const answer = await this.#answer(request, body, path, this.faults.take(method, path));
      log(answer?.status ?? "no answer", answer);
      if (answer === undefined) request.socket.destroy();
      else response.writeHead(answer.status, answer.headers).end(answer.body);
    } catch (error) {
      // The server ended or restarted. To its client, that is a broken connection.
      log(`failed: ${String(error)}`);
      request.socket.destroy();
    } finally {
      this.#open -= 1;
    }
  }

  async #answer(
    request: IncomingMessage,
    body: Buffer,
    path: string,
    action: FaultAction | undefined,
  ): Promise<Answer | undefined> {
    switch (action?.kind) {
      case "refuse":
        return undefined;
      case "hang":
        await once(request.socket, "close");
        return undefined;
      case "status":
        return json(action.status, action.body ?? defaultBody(action.status));
      case "drop-response":
        await this.#pass(request, body);
        return undefined;
      case "instead":
        await action.act();
        return undefined;
      case "after":
        await this.#pass(request, body);
        await action.act();
        return undefined;
      case "rewrite": {
        const { status, body: text } = await this.#passAs(request, body, path);
        return json(action.status ?? status, action.answer(parsed(text)));
      }
      case "delay":
        await sleep(action.delayMs);
        break;
      case "before":
        await action.act();
        break;
    }
    return await this.#passAs(request, body, path);
  }

  /** Forwards a request. Replaces the cluster's identity in the answer. */
  async #passAs(request: IncomingMessage, body: Buffer, path: string): Promise<Answer> {
    const answer = await this.#pass(request, body);
    const isInfo = request.method === "GET" && path === "/" && answer.status === 200;
    if (!isInfo) return answer;
    return json(200, { ...(parsed(answer.body) as object), cluster_uuid: this.clusterUuid });
  }

  #pass(request: IncomingMessage, body: Buffer): Promise<Answer> {
    const send = this.#target.protocol === "https:" ? secureRequest : plainRequest;
    const { hostname: host, port } = this.#target;
    const { method, url: path, headers } = request;
    return new Promise((resolve, reject) => {
      const forwarded = send({ host, port, method, path, headers, agent: this.#agent }, (reply) => {
        collected(reply).then(
          (text) => resolve({ status: reply.statusCode ?? 502, headers: withoutFraming(reply.headers), body: text }),
          reject,
        );
      });
      forwarded.on("error", reject);
      forwarded.end(body);
    });
  }
}

async function collected(message: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function unpacked({ headers, body }: Answer): Buffer {
  return headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
}

/** Drops headers about the body's framing, since the proxy sends it as a whole. */
function withoutFraming(headers: IncomingMessage["headers"]): IncomingMessage["headers"] {
  const { "transfer-encoding": _, connection: __, ...rest } = headers;
  return rest;
}

function json(status: number, body: unknown): Answer {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return { status, headers: { "content-type": "application/json; charset=UTF-8" }, body: Buffer.from(text) };
}

function parsed(body: Buffer): unknown {
  const text = body.toString("utf8");
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function defaultBody(status: number): unknown {
  const error = { type: "status_exception", reason: `fault ordered by a test: ${status}` };
  return { error: { root_cause: [error], ...error }, status };
}
