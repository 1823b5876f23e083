import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

/** A CONNECT proxy whose tunnels all lead to one local port. */
export class ConnectProxy {
  /** Requests: `CONNECT host:port`, with the credentials. */
  readonly asked: string[] = [];
  /** A status to answer with instead of opening a tunnel, such as `403 Forbidden`. */
  refusal: string | undefined;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server = createServer();

  constructor(readonly port: () => number) {
    this.#server.on("connection", (socket) => this.#sockets.add(socket));
    this.#server.on("connect", (request: IncomingMessage, socket: Socket, head: Buffer) => {
      this.asked.push(`${request.method} ${request.url}`);
      socket.on("error", () => undefined);
      if (this.refusal !== undefined) return void socket.end(`HTTP/1.1 ${this.refusal}\r\n\r\n`);
      const target = connect(this.port(), "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
        target.write(head);
        target.pipe(socket).pipe(target);
      });
      this.#sockets.add(target);
      target.on("error", () => socket.destroy());
    });
  }

  async start(): Promise<this> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return this;
  }

  /** Value for `HTTPS_PROXY`. */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}
