import type { IncomingMessage, ServerResponse } from "node:http";
import { listedName } from "../../../clients/ollama/names";
import { Deadline, waitFor } from "../../../clients/wait";
import { LoopbackServer } from "../../support/loopback-server";

const SECOND = 1e9;

export interface Reply {
  readonly status: number;
  /** Text as it is sent; anything else is JSON. */
  readonly body: unknown;
  /** Default: `application/json`. */
  readonly type?: string;
}

/** An Ollama that answers as 0.17.4 was seen to answer, as fast or slow as a test says. */
export class OllamaDouble extends LoopbackServer {
  /** Models by name, with their sizes in bytes. */
  readonly models = new Map<string, number>([["smollm2:135m", 98_363_149]]);
  /** Names of those in memory. */
  readonly loaded = new Set<string>(["smollm2:135m"]);
  /** Answers by path that go otherwise. */
  readonly refusals = new Map<string, { readonly status: number; readonly body: unknown }>();
  readonly requests: { readonly path: string; readonly body: Record<string, unknown> }[] = [];
  tokensPerSecond = 40;
  /** Prompts that are never answered. */
  silentTo: RegExp | undefined;
  /** What comes back to OpenSearch instead, while this package's own client is answered as ever. */
  toOpenSearch: Reply | "hangs up" | undefined;
  /** How the next pulls end, in the server's words. */
  pullError: string | undefined;
  vector: readonly number[] = [0.1, 0.2, 0.3];
  private readonly kept: ServerResponse[] = [];

  protected answer(request: IncomingMessage, text: string, response: ServerResponse): unknown {
    const path = request.url ?? "";
    const body = JSON.parse(text || "{}") as Record<string, unknown>;
    this.requests.push({ path, body });
    if (this.silentTo?.test(String(body.prompt)) === true) return void this.kept.push(response);
    const { toOpenSearch } = this;
    if (toOpenSearch !== undefined && !OWN_CLIENT.test(request.headers["user-agent"] ?? "")) {
      if (toOpenSearch === "hangs up") return void request.socket.destroy();
      const { status, body: told, type = "application/json" } = toOpenSearch;
      return response
        .writeHead(status, { "content-type": type })
        .end(typeof told === "string" ? told : JSON.stringify(told));
    }
    const json = (status: number, value: unknown) => {
      response.writeHead(status, { "content-type": "application/json; charset=utf-8" }).end(JSON.stringify(value));
    };
    const refusal = this.refusals.get(path);
    if (refusal !== undefined) return json(refusal.status, refusal.body);
    if (path === "/api/version") return json(200, { version: "0.17.4" });
    if (path === "/api/tags") return json(200, { models: [...this.models].map(([name, size]) => tag(name, size)) });
    if (path === "/api/ps") return json(200, { models: [...this.loaded].map((name) => this.running(name)) });
    const model = listedName(String(body.model ?? body.name ?? ""));
    if (path === "/api/pull") return this.pull(model, response);
    if (!this.models.has(model)) return json(404, { error: `model '${String(body.model)}' not found` });
    this.loaded.add(model);
    switch (path) {
      case "/api/generate":
      case "/gateway/generate":
        return this.generate(body, response);
      case "/api/chat":
        return json(200, { ...this.measures(body), message: { role: "assistant", content: "ready." } });
      case "/v1/chat/completions":
        return json(200, { choices: [{ index: 0, message: { role: "assistant", content: "ready." } }] });
      case "/api/embed":
        return json(200, { model, embeddings: [body.input].flat().map(() => this.vector) });
      default:
        return response.writeHead(404, { "content-type": "text/plain" }).end("404 page not found");
    }
  }

  /** Waits until a prompt that holds this has come. */
  async asked(words: string): Promise<void> {
    const look = async () => {
      const found = this.requests.some(({ body }) => String(body.prompt).includes(words));
      return found ? { done: true } : { last: `${this.requests.length} requests` };
    };
    await waitFor(look, { waitingFor: `the prompt ${words}`, deadline: Deadline.after(60_000) });
  }

  /** Hangs up on those who were kept waiting. */
  letGo(): void {
    for (const response of this.kept.splice(0)) response.destroy();
  }

  private running(name: string): object {
    const size = 2 * (this.models.get(name) ?? 0);
    return { name, model: name, size, size_vram: 0, expires_at: "2319-01-01T00:00:00Z" };
  }

  /** Streams unless told not to, as the real one does. */
  private generate(body: Record<string, unknown>, response: ServerResponse): void {
    const last = { ...this.measures(body), response: body.stream === false ? "ready." : "" };
    if (body.stream === false) {
      response.writeHead(200, { "content-type": "application/json; charset=utf-8" }).end(JSON.stringify(last));
      return;
    }
    response.writeHead(200, { "content-type": "application/x-ndjson" });
    response.write(`${JSON.stringify({ model: body.model, response: "ready", done: false })}\n`);
    response.end(`${JSON.stringify(last)}\n`);
  }

  private measures(body: Record<string, unknown>) {
    const { num_predict: asked = 8 } = (body.options ?? {}) as { num_predict?: number };
    const evalDuration = Math.round((asked / this.tokensPerSecond) * SECOND);
    return {
      model: body.model,
      done: true,
      done_reason: "length",
      load_duration: 0.1 * SECOND,
      prompt_eval_count: 36,
      prompt_eval_duration: 0.2 * SECOND,
      eval_count: asked,
      eval_duration: evalDuration,
      total_duration: 0.3 * SECOND + evalDuration,
    };
  }

  private pull(model: string, response: ServerResponse): void {
    response.writeHead(200, { "content-type": "application/x-ndjson" });
    if (this.pullError !== undefined) {
      response.end(`${JSON.stringify({ status: "pulling manifest" })}\n${JSON.stringify({ error: this.pullError })}\n`);
      return;
    }
    const layer = { status: "pulling b179c9523d0e", digest: "sha256:b179", total: 98_362_432 };
    const lines = [
      { status: "pulling manifest" },
      layer,
      { ...layer, completed: 49_181_216 },
      { ...layer, completed: 98_362_432 },
      { status: "verifying sha256 digest" },
      { status: "writing manifest" },
      { status: "success" },
    ];
    for (const line of lines) response.write(`${JSON.stringify(line)}\n`);
    this.models.set(model, 98_363_149);
    response.end();
  }
}

const OWN_CLIENT = /^ollama-js\//;

function tag(name: string, size: number): object {
  return { name, model: name, size, digest: "d551cc49".repeat(8), modified_at: "2026-11-22T00:00:00Z" };
}
