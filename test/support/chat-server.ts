import type { IncomingMessage, ServerResponse } from "node:http";
import { LoopbackServer } from "./loopback-server";

export interface ChatRequest {
  readonly path: string;
  readonly body: Record<string, unknown>;
}

const COUNTERS = { eval_count: 30, eval_duration: 1_500_000_000 };

/** A fake Ollama, as far as `ollama-chat` needs one. It answers like 0.17.4. */
export class ChatServer extends LoopbackServer {
  readonly requests: ChatRequest[] = [];
  /** Text of every answer, streamed word by word. */
  words = "Air scatters blue light most.";
  models = ["smollm2:135m"];
  loaded: { readonly name: string; readonly expiresAt: string; readonly contextTokens?: number }[] = [];
  /** Answer every question with this status and error instead. */
  refusal: { readonly status: number; readonly error: string } | undefined;
  /** Thinking before each answer, in its own field. */
  thinking: string | undefined;
  /** Token count of the prompt that it reports. */
  promptTokens = 7;
  /** Its `done_reason`. */
  doneReason = "stop";
  /** More messages than this exceed its context. */
  mostMessages = Number.POSITIVE_INFINITY;
  /** Stop after the first word, or without one if `words` is empty, and keep the connection open. */
  hangs = false;
  /** Number of streamed answers that are not finished and still have a reader. */
  openStreams = 0;

  /** The questions that it got. */
  get questions(): readonly ChatRequest[] {
    return this.requests.filter(({ path }) => /generate|chat/.test(path));
  }

  protected answer(request: IncomingMessage, text: string, response: ServerResponse): void {
    const path = request.url ?? "";
    const body = JSON.parse(text || "{}") as Record<string, unknown>;
    this.requests.push({ path, body });
    const json = (status: number, value: unknown) =>
      response.writeHead(status, { "content-type": "application/json; charset=utf-8" }).end(JSON.stringify(value));
    if (path === "/api/version") json(200, { version: "0.17.4" });
    else if (path === "/api/tags") json(200, { models: this.models.map(listed) });
    else if (path === "/api/ps") json(200, { models: this.loaded.map(running) });
    else if (path === "/api/show") json(200, { model_info: SHAPE });
    else if (this.refusal) json(this.refusal.status, { error: this.refusal.error });
    else if (!this.models.includes(String(body.model))) json(404, { error: `model '${body.model}' not found` });
    else if (Array.isArray(body.messages) && body.messages.length > this.mostMessages)
      json(400, { error: "the input length exceeds the context length" });
    else if (body.stream === false) json(200, this.#whole(path, String(body.model)));
    else this.#stream(response, String(body.model));
  }

  #whole(path: string, model: string): unknown {
    const message = { role: "assistant", content: this.words, thinking: this.thinking };
    const done = { done: true, done_reason: this.doneReason, prompt_eval_count: this.promptTokens, ...COUNTERS };
    if (path === "/api/generate") return { model, response: this.words, thinking: this.thinking, ...done };
    if (path === "/api/chat") return { model, message, ...done };
    const usage = { prompt_tokens: 7, completion_tokens: 30, total_tokens: 37 };
    return { model, choices: [{ index: 0, message, finish_reason: this.doneReason }], usage };
  }

  #stream(response: ServerResponse, model: string): void {
    response.writeHead(200, { "content-type": "application/x-ndjson" });
    this.openStreams += 1;
    response.on("close", () => {
      this.openStreams -= 1;
    });
    const part = (content: string, more: object = {}) =>
      response.write(`${JSON.stringify({ model, message: { role: "assistant", content }, done: false, ...more })}\n`);
    if (this.thinking !== undefined) {
      response.write(`${JSON.stringify({ model, message: { content: "", thinking: this.thinking }, done: false })}\n`);
    }
    if (this.hangs && this.words === "") return;
    for (const word of this.words.match(/\S+\s*/g) ?? []) {
      part(word);
      if (this.hangs) return;
    }
    part("", { done: true, done_reason: this.doneReason, prompt_eval_count: this.promptTokens, ...COUNTERS });
    response.end();
  }
}

const SHAPE = {
  "general.architecture": "llama",
  "llama.context_length": 8192,
  "llama.block_count": 30,
  "llama.embedding_length": 576,
  "llama.attention.head_count": 9,
  "llama.attention.head_count_kv": 3,
};

function listed(name: string) {
  const details = { parameter_size: "134.52M", quantization_level: "Q4_1", family: "llama" };
  return { name, model: name, size: 98_363_149, digest: "b".repeat(64), modified_at: "2026-11-22T00:00:00Z", details };
}

function running({ name, expiresAt, contextTokens = 4096 }: ChatServer["loaded"][number]) {
  return { name, model: name, size: 190_948_608, size_vram: 0, context_length: contextTokens, expires_at: expiresAt };
}
