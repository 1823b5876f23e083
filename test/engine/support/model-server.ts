import type { IncomingMessage, ServerResponse } from "node:http";
import { LoopbackServer } from "../../support/loopback-server";

/** One question as the model server got it. */
export interface Question {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** A model server that answers every question at once, and remembers what it was asked. */
export class ModelServer extends LoopbackServer {
  readonly questions: Question[] = [];

  protected answer(request: IncomingMessage, body: string, response: ServerResponse): void {
    const { authorization } = request.headers;
    this.questions.push({ path: request.url ?? "", authorization, body });
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ model: "m", response: "ready", done: true }));
  }
}
