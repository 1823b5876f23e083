import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { statusError } from "../errors";
import { readBody } from "../http/server";

export interface RemoteCall {
  url: URL;
  method: string;
  headers: Readonly<Record<string, string>>;
  payload: string | undefined;
  connectTimeoutMs: number;
  readTimeoutMs: number;
  skipTlsVerify: boolean;
}

export interface RemoteAnswer {
  status: number;
  body: string;
  /** The model server said, in Amazon's way, that it had too much to do. */
  isThrottled: boolean;
}

/** Sends one request to the model server. Transport problems become the server's 500 with its own words. */
export async function callRemote(call: RemoteCall): Promise<RemoteAnswer> {
  try {
    const message = await open(call);
    const body = (await readBody(message)).toString("utf8");
    const isThrottled = String(message.headers["x-amzn-errortype"] ?? "").startsWith("ThrottlingException");
    return { status: message.statusCode ?? 500, body, isThrottled };
  } catch (error) {
    throw statusError(500, `Error communicating with remote model: ${wording(error, call.url)}`);
  }
}

/** How the server's HTTP client words it. Recorded. */
export const CLOSED_DURING_REQUEST =
  "The connection was closed during the request. The request will usually succeed on a retry, but if it does not: consider disabling any proxies you have configured, enabling debug logging, or performing a TCP dump to identify the root cause.";

class TimedOut extends Error {}

function open(call: RemoteCall): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const send = call.url.protocol === "https:" ? httpsRequest : httpRequest;
    const headers: Record<string, string> = { ...call.headers };
    if (!hasHeader(headers, "content-type")) headers["Content-Type"] = "application/json";
    if (call.payload !== undefined) headers["Content-Length"] = String(Buffer.byteLength(call.payload));
    const out = send(call.url, { method: call.method, headers, rejectUnauthorized: !call.skipTlsVerify }, resolve);
    out.once("error", reject);
    limitTime(out, call);
    out.end(call.payload);
  });
}

function limitTime(out: ClientRequest, { connectTimeoutMs, readTimeoutMs }: RemoteCall): void {
  const connect = timer(connectTimeoutMs, () => out.destroy(new TimedOut("connection timed out")));
  out.once("socket", (socket) => {
    // A kept-alive socket is connected already, and a listener left on it for each call would pile up.
    if (socket.connecting) socket.once("connect", () => clearTimeout(connect));
    else clearTimeout(connect);
  });
  out.once("close", () => clearTimeout(connect));
  // A read time limit counts silence, not the whole answer.
  if (readTimeoutMs > 0 && readTimeoutMs < LONGEST_TIMER_MS) {
    out.setTimeout(readTimeoutMs, () => out.destroy(new TimedOut("Read timed out")));
  }
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

function timer(delayMs: number, action: () => void): NodeJS.Timeout | undefined {
  return delayMs > 0 && delayMs < LONGEST_TIMER_MS ? setTimeout(action, delayMs) : undefined;
}

function hasHeader(headers: Record<string, string>, name: string): boolean {
  return Object.keys(headers).some((key) => key.toLowerCase() === name);
}

function wording(error: unknown, url: URL): string {
  if (error instanceof TimedOut) return error.message;
  const { code, message } = error as NodeJS.ErrnoException;
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  const host = url.hostname;
  // Java prints `name/address:port`, without a name for a literal address.
  const place = /^[\d.]+$/.test(host) ? `/${host}:${port}` : `${host}/127.0.0.1:${port}`;
  if (code === "ECONNREFUSED") return `Connection refused: ${place}`;
  if (code === "ECONNRESET" || code === "EPIPE") {
    return CLOSED_DURING_REQUEST;
  }
  return message;
}
