import type { ServerResponse } from "node:http";

/** Sends events as lines of JSON. */
export class EventStream<Event> {
  readonly #gone = new AbortController();

  constructor(private readonly response: ServerResponse) {
    response.writeHead(200, { "content-type": "application/x-ndjson; charset=utf-8" });
    response.flushHeaders();
    response.on("close", () => this.#gone.abort());
  }

  /** Aborts when the reader has gone. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  send(event: Event): void {
    if (!this.response.writableEnded && !this.response.destroyed) this.response.write(`${JSON.stringify(event)}\n`);
  }

  end(): void {
    this.response.end();
  }
}
