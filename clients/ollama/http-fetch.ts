import * as http from "node:http";
import * as https from "node:https";
import { Readable } from "node:stream";
import { proxyOptions } from "../proxies";

/**
 * `fetch` for the Ollama client, based on `node:http`. The built-in `fetch` gives up after 300 s without a byte, but
 * Ollama is silent for longer while it verifies or loads a large model. Here only the caller's signal ends a request.
 * Each request uses a new connection, because a pooled one may be half closed after a server restart.
 *
 * @param onEnd called once, when the answer is complete or the request has failed. A failed request may have no status.
 */
export async function httpFetch(
  url: string,
  init: RequestInit,
  onEnd?: (status: number | undefined) => void,
): Promise<Response> {
  const { request, Agent } = url.startsWith("https:") ? https : http;
  const agent = new Agent(proxyOptions(url));
  const answer = await new Promise<http.IncomingMessage>((resolve, reject) => {
    const body = typeof init.body === "string" ? init.body : "";
    // Set the length: Node sends no body framing for DELETE by default.
    const headers = { ...Object.fromEntries(new Headers(init.headers)), "content-length": Buffer.byteLength(body) };
    const options = { method: init.method ?? "GET", headers, agent };
    let status: number | undefined;
    const outgoing = request(url, { ...options, signal: init.signal ?? undefined }, (incoming) => {
      status = incoming.statusCode;
      resolve(incoming);
    });
    outgoing.on("error", reject);
    outgoing.once("close", () => onEnd?.(status));
    outgoing.end(body);
  });
  return new Response(Readable.toWeb(answer), { status: answer.statusCode, headers: flatHeaders(answer.headers) });
}

function flatHeaders(headers: http.IncomingHttpHeaders): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, [value].flat().join(", ")] satisfies [string, string]],
  );
}
