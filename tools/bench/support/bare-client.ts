import { readFileSync } from "node:fs";
import { type Agent, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { type Connection, passwordOf } from "../../../clients/opensearch/connect";

/**
 * Requests by Node's own HTTP over connections that stay open, and nothing else: no client, no checking of answers, no
 * repeating. What every other side is compared with.
 */
export class BareClient {
  readonly #agent: Agent;
  readonly #url: URL;
  readonly #headers: Record<string, string>;

  constructor(connection: Connection) {
    this.#url = new URL(connection.endpoint);
    const ca = connection.caCertificateFile && readFileSync(connection.caCertificateFile, "utf8");
    const isTls = this.#url.protocol === "https:";
    this.#agent = isTls
      ? new HttpsAgent({ keepAlive: true, ca: ca || connection.caCertificate })
      : new HttpAgent({ keepAlive: true });
    const login = `${connection.username}:${connection.username === undefined ? "" : passwordOf(connection)}`;
    this.#headers = {
      "content-type": "application/json",
      ...(connection.username === undefined ? {} : { authorization: `Basic ${Buffer.from(login).toString("base64")}` }),
    };
  }

  /** The parsed answer; a refusal is an error with the server's text. */
  async send(method: string, path: string, body?: unknown): Promise<unknown> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const answer = await this.#exchange(method, path, text);
    if (answer.status >= 300) throw new Error(`${method} ${path} answered ${answer.status}: ${answer.text}`);
    return JSON.parse(answer.text);
  }

  close(): void {
    this.#agent.destroy();
  }

  #exchange(method: string, path: string, text: string | undefined): Promise<{ status: number; text: string }> {
    const isTls = this.#url.protocol === "https:";
    const length = text === undefined ? {} : { "content-length": Buffer.byteLength(text) };
    const { hostname, port } = this.#url;
    const options = { method, path, hostname, port, agent: this.#agent, headers: { ...this.#headers, ...length } };
    return new Promise((resolve, reject) => {
      const receive = (incoming: IncomingMessage): void => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("end", () =>
          resolve({ status: incoming.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") }),
        );
        incoming.on("error", reject);
      };
      const outgoing = isTls ? httpsRequest(options, receive) : httpRequest(options, receive);
      outgoing.on("error", reject);
      outgoing.end(text);
    });
  }
}
