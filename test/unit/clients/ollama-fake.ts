import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { listedName } from "../../../clients/ollama/names";

export interface FakeModel {
  digest: string;
  size: number;
  modifiedAt: string;
  from?: string;
  system?: string;
  template?: string;
  parameters?: string;
}

/** What one pull sends: lines, and then whether the connection ends properly, breaks, or stays open. */
export interface PullScript {
  readonly lines: readonly object[];
  readonly end?: "break" | "hang";
}

const BIG = "sha256:b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53";

/** An Ollama server for unit tests, answering as 0.17.4 was seen to answer. */
export class FakeOllama {
  readonly models = new Map<string, FakeModel>();
  /** Names that can be pulled, with the digest that comes. */
  readonly registry = new Map<string, string>();
  /** Pulls that go otherwise, in turn; then the registry decides. */
  readonly pulls: PullScript[] = [];
  /** Answers by request (`POST /api/copy`) that go otherwise, in turn. */
  readonly refusals = new Map<string, { status: number; body: string }[]>();
  readonly requests: string[] = [];
  readonly bodies: Record<string, unknown>[] = [];
  static #writes = 0;
  #server: Server = createServer((request, response) => void this.#answer(request, response));

  async start(port = 0): Promise<this> {
    this.#server.listen(port, "127.0.0.1");
    await once(this.#server, "listening");
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, "close");
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  add(name: string, model: Partial<FakeModel> = {}): FakeModel {
    FakeOllama.#writes += 1;
    const modifiedAt = new Date(Date.UTC(2026, 10, 22) + FakeOllama.#writes).toISOString();
    const added = { digest: "a".repeat(64), size: 98_363_149, modifiedAt, ...model };
    this.models.set(name, added);
    return added;
  }

  refuse(request: string, status: number, body: string): void {
    this.refusals.set(request, [...(this.refusals.get(request) ?? []), { status, body }]);
  }

  /** Requests other than looking. */
  get writes(): string[] {
    return this.requests.filter((r) => !r.startsWith("GET ") && r !== "POST /api/show");
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const body = (text === "" ? {} : JSON.parse(text)) as Record<string, unknown>;
    const name = `${request.method} ${request.url}`;
    const model = listedName(String(body.model ?? body.name ?? ""));
    this.requests.push(name);
    this.bodies.push(body);
    const json = (status: number, value: unknown) => {
      response.writeHead(status, { "content-type": "application/json; charset=utf-8" }).end(JSON.stringify(value));
    };
    const missing = () => json(404, { error: `model '${model}' not found` });
    const refusal = this.refusals.get(name)?.shift();
    if (refusal) {
      response.writeHead(refusal.status, { "content-type": "application/json; charset=utf-8" }).end(refusal.body);
      return;
    }
    switch (name) {
      case "GET /api/version":
        return json(200, { version: "0.17.4" });
      case "GET /api/tags":
        return json(200, { models: [...this.models].map(([n, m]) => ({ name: n, model: n, ...wire(m) })) });
      case "POST /api/pull":
        return this.#pull(response, model);
      case "POST /api/create":
        return this.#create(response, body);
      case "POST /api/copy": {
        const source = this.models.get(String(body.source));
        if (!source) return json(404, { error: `model "${body.source}" not found` });
        this.add(String(body.destination), { digest: source.digest });
        response.writeHead(200).end();
        return;
      }
      case "DELETE /api/delete":
        if (!this.models.delete(model)) return missing();
        response.writeHead(200).end();
        return;
      case "POST /api/show": {
        const found = this.models.get(model);
        if (!found) return missing();
        const { system = "", template = "", parameters = "" } = found;
        return json(200, { system, template, parameters, details: { parent_model: found.from ?? "" } });
      }
      case "POST /api/generate":
      case "POST /api/embed":
        return this.models.has(model) ? json(200, { model, done: true, done_reason: "load" }) : missing();
      default:
        response.writeHead(404, { "content-type": "text/plain" }).end("404 page not found");
    }
  }

  #pull(response: ServerResponse, model: string): void {
    const digest = this.registry.get(model);
    const script = this.pulls.shift() ?? { lines: digest ? pullLines() : [MANIFEST, NOT_THERE] };
    response.writeHead(200, { "content-type": "application/x-ndjson" });
    for (const line of script.lines) response.write(`${JSON.stringify(line)}\n`);
    if (script.end === "hang") return;
    if (script.end === "break") return void response.socket?.destroy();
    if (script.lines.some((line) => "status" in line && line.status === "success")) this.add(model, { digest });
    response.end();
  }

  #create(response: ServerResponse, body: Record<string, unknown>): void {
    const { model, from, system, template, parameters } = body;
    response.writeHead(200, { "content-type": "application/x-ndjson" });
    this.add(String(model), {
      digest: "d".repeat(64),
      from: String(from),
      system: system as string | undefined,
      template: template as string | undefined,
      parameters: Object.entries((parameters ?? {}) as Record<string, unknown>)
        .flatMap(([key, value]) => [value].flat().map((one) => `${key.padEnd(30)} ${JSON.stringify(one)}`))
        .join("\n"),
    });
    response.end(
      '{"status":"using existing layer sha256:b179"}\n{"status":"writing manifest"}\n{"status":"success"}\n',
    );
  }
}

const MANIFEST = { status: "pulling manifest" };
const NOT_THERE = { error: "pull model manifest: file does not exist" };

/** A pull of smollm2:135m, shortened. */
export function pullLines(): object[] {
  const total = 98_362_432;
  const layer = { status: "pulling b179c9523d0e", digest: BIG, total };
  const template = { status: "pulling 47a798797f4c", digest: "sha256:47a7", total: 488 };
  return [
    MANIFEST,
    layer,
    ...[0.1, 0.3, 0.31, 0.6, 0.8, 1, 1].map((part) => ({ ...layer, completed: Math.round(total * part) })),
    template,
    { ...template, completed: 488 },
    { status: "verifying sha256 digest" },
    { status: "writing manifest" },
    { status: "success" },
  ];
}

function wire(model: FakeModel): object {
  return { digest: model.digest, size: model.size, modified_at: model.modifiedAt };
}
