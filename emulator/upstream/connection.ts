import {
  Agent,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestOptions,
} from "node:http";
import { request as httpsRequest, Agent as TlsAgent } from "node:https";
import type { Readable } from "node:stream";
import { ApiError } from "../errors";
import { readBody } from "../http/server";
import type { UpstreamOptions } from "../options";

/** Headers that belong to one connection, not to the message. */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

export interface UpstreamRequest {
  method: string;
  /** Path and query. */
  uri: string;
  headers: IncomingHttpHeaders;
  /** Bytes, or a stream that is passed on as it comes. */
  body?: Buffer | Readable;
}

/** A whole answer of the real server. */
export interface UpstreamAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** The connection to the real OpenSearch. */
export class UpstreamConnection {
  private readonly url: URL;
  private readonly idle: Agent;
  private readonly tls: RequestOptions & { ca?: string; rejectUnauthorized?: boolean };

  constructor(private readonly options: UpstreamOptions) {
    this.url = new URL(options.url);
    this.tls =
      this.url.protocol === "https:"
        ? ({ ca: options.ca, rejectUnauthorized: options.rejectUnauthorized ?? true } as RequestOptions)
        : {};
    this.idle = this.url.protocol === "https:" ? new TlsAgent({ keepAlive: true }) : new Agent({ keepAlive: true });
  }

  /** Sends a request; the answer's body is still to be read. */
  async open(request: UpstreamRequest): Promise<IncomingMessage> {
    try {
      return await this.send(request);
    } catch (error) {
      throw unreachable(this.options.url, error);
    }
  }

  /** Sends a request and reads the whole answer, uncompressed. */
  async fetch(request: UpstreamRequest): Promise<UpstreamAnswer> {
    const message = await this.open({ ...request, headers: { ...request.headers, "accept-encoding": "identity" } });
    return { status: message.statusCode ?? 502, headers: message.headers, body: await readBody(message) };
  }

  close(): void {
    this.idle.destroy();
  }

  private async send(request: UpstreamRequest): Promise<IncomingMessage> {
    // A kept connection may have been closed at the other end. Only requests that can be sent again use one.
    if (request.body !== undefined) return this.attempt(request, undefined).answer;
    const first = this.attempt(request, this.idle);
    try {
      return await first.answer;
    } catch (error) {
      if (!first.wasReused()) throw error;
      return this.attempt(request, undefined).answer;
    }
  }

  private attempt({ method, uri, headers, body }: UpstreamRequest, agent: Agent | undefined) {
    const send = this.url.protocol === "https:" ? httpsRequest : httpRequest;
    const { hostname, port } = this.url;
    const base = this.url.pathname.replace(/\/$/, "");
    const target = { ...this.tls, hostname: hostname.replace(/^\[|\]$/g, ""), port, path: base + uri, method };
    const out = send({ ...target, headers: endToEnd(headers), agent: agent ?? false });
    const answer = new Promise<IncomingMessage>((resolve, reject) => {
      out.once("response", resolve);
      out.once("error", reject);
    });
    if (body === undefined || Buffer.isBuffer(body)) out.end(body);
    else {
      body.once("error", (error) => out.destroy(error));
      body.once("close", () => body.readableEnded || out.destroy());
      body.pipe(out);
    }
    return { answer, wasReused: () => out.reusedSocket };
  }
}

/** Headers to pass on, without the host, which is the connection's. */
export function endToEnd(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const kept: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && name !== "host" && !HOP_BY_HOP.has(name)) kept[name] = value;
  }
  return kept;
}

function unreachable(url: string, error: unknown): ApiError {
  const { code, message } = error as NodeJS.ErrnoException;
  const problem = `The OpenSearch behind the emulator does not answer at ${new URL(url).origin}: ${code ?? message}`;
  return new ApiError(503, { type: "node_not_connected_exception", reason: `${problem}. It may still be starting.` });
}
