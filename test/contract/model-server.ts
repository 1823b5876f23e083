import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { spaced } from "./json-text";

/** The last request that reached the model server, as `GET /__last` tells it. */
export interface ReceivedRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  json: unknown;
  text: string;
}

export interface ModelServer {
  /** `host:port`, as connectors name it. */
  readonly address: string;
  readonly last: () => ReceivedRequest | undefined;
  close(): Promise<void>;
}

/** Starts the stand-in for a model server that the recordings were made with: Ollama style, with ways to misbehave. */
export async function startModelServer(host = "127.0.0.1"): Promise<ModelServer> {
  let last: ReceivedRequest | undefined;
  const server = createServer((request, response) => {
    void answer(
      request,
      response,
      (received) => {
        last = received;
      },
      () => last,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { address: `${host}:${(server.address() as AddressInfo).port}`, last: () => last, close };
}

/** Says that a request has got what it was to get. */
type Sent = "sent";

const KEPT_HEADERS = /^(content-type|authorization|x-.*)$/;
const TIMES = { total_duration: 5_000_000, load_duration: 1_000_000, prompt_eval_count: 4, eval_count: 7 };

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  remember: (received: ReceivedRequest) => void,
  last: () => ReceivedRequest | undefined,
): Promise<Sent> {
  const text = await readText(request);
  const { method = "GET", url = "/" } = request;
  if (method === "GET" && url === "/__last") return send(response, 200, last() ?? {});
  if (method === "GET" && url === "/api/version") return send(response, 200, { version: "0.0.0-stub" });
  const received = { method, path: url, headers: keptHeaders(request), json: parsed(text), text };
  if (method === "GET" && !url.startsWith("/echo/")) return send(response, 404, "404 page not found", "text/plain");
  remember(received);
  if (method === "GET") return send(response, 200, { method, path: url });
  const slow = /^\/slow\/(\d+)$/.exec(url.split("?")[0] ?? "")?.[1];
  if (slow !== undefined) await sleep(Number(slow));
  const path = slow === undefined ? (url.split("?")[0] ?? "") : "/api/generate";
  if (path.startsWith("/fail/")) return fail(response, path.slice("/fail/".length));
  if (path.startsWith("/echo/")) return send(response, 200, { method, path: url, json: received.json });
  return infer(response, path, received.json);
}

function infer(response: ServerResponse, path: string, json: unknown): Sent {
  if (typeof json !== "object" || json === null || Array.isArray(json))
    return send(response, 400, { error: "invalid JSON" });
  const body = json as Record<string, unknown>;
  const { model } = body;
  if (model === "missing") return send(response, 404, { error: "model 'missing' not found" });
  const created = { model, created_at: "2026-01-01T00:00:00Z" };
  const done = { done: true, done_reason: "stop", ...TIMES };
  if (path === "/api/generate" && body.stream !== false) return stream(response, model);
  if (path === "/api/generate")
    return send(response, 200, { ...created, response: `echo: ${python(body.prompt)}`, ...done });
  const message = { role: "assistant", content: `echo: ${python(lastContent(body.messages))}` };
  if (path === "/api/chat") return send(response, 200, { ...created, message, ...done });
  if (path === "/v1/chat/completions") {
    const usage = { prompt_tokens: 4, completion_tokens: 7, total_tokens: 11 };
    const choices = [{ index: 0, message, finish_reason: "stop" }];
    return send(response, 200, {
      id: "chatcmpl-1",
      object: "chat.completion",
      created: 1_767_225_600,
      model,
      choices,
      usage,
    });
  }
  return embed(response, path, body);
}

function embed(response: ServerResponse, path: string, body: Record<string, unknown>): Sent {
  const vectors = [body.input ?? body.prompt].flat().map((text) => [String(text).length, 0.5, -0.25]);
  const { model } = body;
  if (path === "/api/embed")
    return send(response, 200, { model, embeddings: vectors, total_duration: 5_000_000, prompt_eval_count: 4 });
  if (path === "/api/embeddings") return send(response, 200, { embedding: vectors[0] });
  if (path !== "/v1/embeddings") return send(response, 404, "404 page not found", "text/plain");
  const data = vectors.map((embedding, index) => ({ object: "embedding", index, embedding }));
  return send(response, 200, { object: "list", model, usage: { prompt_tokens: 4, total_tokens: 4 }, data });
}

function stream(response: ServerResponse, model: unknown): Sent {
  const lines = ["echo:", " x"].map((word) => ({ model, response: word, done: false }));
  const all = [...lines, { model, response: "", done: true, done_reason: "stop" }];
  return send(response, 200, all.map((line) => `${JSON.stringify(line)}\n`).join(""), "application/x-ndjson");
}

function fail(response: ServerResponse, how: string): Sent {
  const texts: Record<string, string> = {
    404: "model 'missing' not found",
    500: "model runner has unexpectedly stopped",
  };
  if (/^\d+$/.test(how)) return send(response, Number(how), { error: texts[how] ?? `status ${how}` });
  if (how === "malformed") return send(response, 200, '{"response": "trunc', "application/json");
  if (how === "empty") return send(response, 200, "", "application/json");
  if (how === "text") return send(response, 200, "just some text", "text/plain");
  if (how === "array") return send(response, 200, [1, 2, 3]);
  if (how === "html") return send(response, 502, "<html><body>Bad Gateway</body></html>", "text/html");
  if (how === "emptyerror") return send(response, 500, "", "application/json");
  response.socket?.destroy();
  return "sent";
}

function send(response: ServerResponse, status: number, body: unknown, type = "application/json; charset=utf-8"): Sent {
  const text = typeof body === "string" ? body : spaced(body);
  response.writeHead(status, { "Content-Type": type, "Content-Length": String(Buffer.byteLength(text)) });
  response.end(text);
  return "sent";
}

function lastContent(messages: unknown): unknown {
  const last: unknown = Array.isArray(messages) ? messages.at(-1) : undefined;
  return typeof last === "object" && last !== null && "content" in last ? last.content : undefined;
}

/** The recordings print a missing value as Python does. */
function python(value: unknown): string {
  return value === undefined || value === null ? "None" : String(value);
}

function keptHeaders(request: IncomingMessage): Record<string, string> {
  const kept = Object.entries(request.headers).filter(([name]) => KEPT_HEADERS.test(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk as Buffer));
  return Buffer.concat(chunks).toString("utf8");
}
