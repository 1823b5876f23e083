import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import type { ServerAddress } from "../../support/opensearch/address";
import { sharedServer } from "../../support/opensearch/shared-server";
import type { Masks } from "./provocation";

/** Servers that speak something else than they should, beside the real ones. */
export class Network {
  private constructor(
    readonly plain: ServerAddress,
    readonly secured: ServerAddress,
    private readonly servers: Server[] = [],
    private readonly sockets: Socket[] = [],
  ) {}

  static async start(): Promise<Network> {
    return new Network(await sharedServer("plain"), await sharedServer("secured"));
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    for (const server of this.servers) server.close();
  }

  /** `127.0.0.1:PORT` of a server that answers the first bytes of each connection so. */
  async answering(answer: string | Buffer): Promise<string> {
    return await this.listening(createServer((socket) => socket.once("data", () => socket.end(answer))));
  }

  /** The same, of one that does so with each connection. */
  async doing(act: (socket: Socket) => unknown): Promise<string> {
    return await this.listening(createServer(act));
  }

  /** The same, of one that answers over TLS. */
  async secure(options: TlsOptions): Promise<string> {
    return await this.listening(createTlsServer(options, (socket) => socket.end()));
  }

  private async listening(server: Server): Promise<string> {
    server.on("connection", (socket) => {
      this.sockets.push(socket);
      socket.on("error", () => undefined);
    });
    server.listen(0, "127.0.0.1");
    await new Promise((listening) => server.once("listening", listening));
    this.servers.push(server);
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
}

export const NETWORK_MASKS: Masks = [
  [/127\.0\.0\.1:\d{4,}/g, "SERVER"],
  [/[0-9A-F]{16}:error:/g, "THREAD:error:"],
  [/(?<=:)[^:\s]+\.c:\d+:/g, "FILE"],
  // Node.js adds advice of its own from some release on.
  [/; if the root CA is installed locally.*/g, ""],
  [/(ollamaPort (?:is )?)\d+/g, "$1PORT"],
];
