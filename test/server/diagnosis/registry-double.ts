import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { LoopbackServer } from "../../support/loopback-server";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A registry of models that answers as a test says: what Ollama makes of that is Ollama's own. */
export class RegistryDouble extends LoopbackServer {
  /** What is answered for a manifest or a blob; anything else is 404. */
  manifest: Handler | undefined;
  blob: Handler | undefined;
  /** Another host in Ollama's eyes, which serves the files: the host that a registry redirects to. */
  private readonly files = new FileHost();

  override async start(): Promise<this> {
    await this.files.start();
    return await super.start();
  }

  override async stop(): Promise<void> {
    await this.files.stop();
    await super.stop();
  }

  /** The name of a model here; each test has a registry of its own. */
  get model(): string {
    return `${new URL(this.endpoint).host}/library/m:1`;
  }

  /** Holds a model of one file; `named` is what the manifest calls that file, if it lies. */
  hold(content: string, named: string = digestOf(content)): void {
    const config = "{}";
    this.files.contents.set(named, content).set(digestOf(config), config);
    const manifest = {
      schemaVersion: 2,
      mediaType: "application/vnd.docker.distribution.manifest.v2+json",
      config: { mediaType: "application/vnd.docker.container.image.v1+json", digest: digestOf(config), size: 2 },
      layers: [{ mediaType: "application/vnd.ollama.image.model", digest: named, size: content.length }],
    };
    this.manifest = (_request, response) => void response.end(JSON.stringify(manifest));
    this.blob = ({ method, url }, response) => {
      const { length = 0 } = this.files.contents.get(lastOf(url)) ?? {};
      if (method === "HEAD") return void response.writeHead(200, { "content-length": length }).end();
      response.writeHead(307, { location: `${this.files.endpoint.replace("127.0.0.1", "localhost")}${url}` }).end();
    };
  }

  /** Serves the files itself, as registries without a storage behind them do. */
  serveItself(): void {
    this.blob = (request, response) => this.files.serve(request, response);
  }

  /** The files come to a stop after their first byte. */
  stall(): void {
    this.files.stalls = true;
  }

  protected answer(request: IncomingMessage, _body: string, response: ServerResponse): void {
    const handler = request.url?.includes("/manifests/") ? this.manifest : this.blob;
    if (handler === undefined) response.writeHead(404).end();
    else handler(request, response);
  }
}

class FileHost extends LoopbackServer {
  readonly contents = new Map<string, string>();
  stalls = false;

  serve({ method, url }: IncomingMessage, response: ServerResponse): void {
    const content = this.contents.get(lastOf(url)) ?? "";
    response.writeHead(200, { "content-length": content.length });
    if (method === "HEAD") response.end();
    else if (this.stalls) response.write(content.slice(0, 1));
    else response.end(content);
  }

  protected answer(request: IncomingMessage, _body: string, response: ServerResponse): void {
    this.serve(request, response);
  }
}

export function digestOf(content: string): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}

const lastOf = (url = "") => url.slice(url.lastIndexOf("/") + 1);
