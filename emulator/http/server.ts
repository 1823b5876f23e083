import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { ApiError, PlainError } from "../errors";
import { prettyText, stringify } from "../json/java";
import type { ApiResponse } from "./request";

export interface Listener {
  readonly port: number;
  close(): Promise<void>;
}

export interface ListenOptions {
  host: string;
  port: number;
  tls?: { certificate: string; key: string };
  answer: RequestListener;
}

/** Listens, with TLS when asked. Closing ends open connections at once. */
export async function listen({ host, port, tls, answer }: ListenOptions): Promise<Listener> {
  const server: Server = tls ? createTlsServer({ cert: tls.certificate, key: tls.key }, answer) : createServer(answer);
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  // Predictions may take minutes; the model server's own time limit decides.
  server.requestTimeout = 0;
  // The real server never closes idle connections either; closing them races with clients that reuse them.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  return { port: (server.address() as AddressInfo).port, close };
}

/** The whole body of a message. */
export async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** Sends an answer; does nothing when the caller has hung up. */
export function send(
  out: ServerResponse,
  answer: ApiResponse,
  headers: Record<string, string>,
  isHead: boolean,
  isPretty = false,
): void {
  if (out.destroyed || out.headersSent) return;
  const text = answer.text ?? (isPretty ? `${prettyText(answer.body)}\n` : stringify(answer.body));
  const type = answer.text === undefined ? "application/json; charset=UTF-8" : "text/plain; charset=UTF-8";
  const all = {
    "Content-Type": type,
    "Content-Length": String(Buffer.byteLength(text)),
    ...headers,
    ...answer.headers,
  };
  out.writeHead(answer.status, all);
  out.end(isHead ? undefined : text);
}

/** The answer for anything thrown by a handler. */
export function errorAnswer(error: unknown): ApiResponse {
  if (error instanceof ApiError) return { status: error.status, body: error.body() };
  if (error instanceof PlainError) return { status: error.status, body: error.body(), headers: error.headers };
  const reason = error instanceof Error ? error.message : String(error);
  return { status: 500, body: new ApiError(500, { type: "exception", reason: `emulator: ${reason}` }).body() };
}
