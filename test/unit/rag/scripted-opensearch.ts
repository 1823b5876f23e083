import type { IncomingMessage, ServerResponse } from "node:http";
import { openSearch } from "../../../clients/opensearch/connect";
import { LoopbackServer } from "../../support/loopback-server";

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  /** The body as JSON; a bulk body as its lines. */
  readonly body: unknown;
}

/** What a script answers: a body with status 200, or both. */
export type Answer = { readonly status: number; readonly body: unknown };

/** An OpenSearch that answers what its script says, and remembers what it was asked. */
export class ScriptedOpenSearch extends LoopbackServer {
  readonly seen: SeenRequest[] = [];
  script: (request: SeenRequest) => Answer | undefined = () => undefined;

  get server() {
    return openSearch({ endpoint: this.endpoint, maxRetries: 0 });
  }

  /** The bodies of the requests of one path. */
  bodies(path: string): unknown[] {
    return this.seen.filter((request) => request.path === path).map(({ body }) => body);
  }

  protected answer(request: IncomingMessage, text: string, response: ServerResponse): void {
    const path = (request.url ?? "").split("?")[0] ?? "";
    const lines = path.endsWith("/_bulk");
    const body: unknown = lines
      ? text
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line))
      : JSON.parse(text || "null");
    const seen = { method: request.method ?? "", path, body };
    this.seen.push(seen);
    const { status, body: answered } = this.script(seen) ?? { status: 404, body: { error: `no script for ${path}` } };
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answered));
  }
}

export const ok = (body: unknown): Answer => ({ status: 200, body });

/** An embedding as ML Commons answers it. */
export function embeddings(vectors: readonly (readonly number[])[]): unknown {
  const output = vectors.map((data) => ({
    name: "sentence_embedding",
    data_type: "FLOAT32",
    shape: [data.length],
    data,
  }));
  return { inference_results: [{ output, status_code: 200 }] };
}

export function hits(
  found: readonly { id: string; source: object; score?: number; matched?: string[] }[],
  ext?: unknown,
) {
  const shown = found.map(({ id, source, score = 1, matched }) => ({
    _index: "passages",
    _id: id,
    _score: score,
    _source: source,
    ...(matched ? { matched_queries: matched } : {}),
  }));
  return {
    took: 1,
    timed_out: false,
    hits: { total: { value: found.length, relation: "eq" }, hits: shown },
    ...(ext ? { ext } : {}),
  };
}
