import type { IncomingMessage, ServerResponse } from "node:http";
import { LoopbackServer } from "../../support/loopback-server";

/** One question as the model server got it. */
export interface Question {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

const READY: Reply = { status: 200, body: { model: "m", response: "ready", done: true } };

/** A model server that answers every question at once, as it is told to, and remembers what it was asked. */
export class ModelServer extends LoopbackServer {
  readonly questions: Question[] = [];
  /** What it has against a question. Default: nothing. */
  refusal: (question: Question) => Reply | undefined = () => undefined;

  protected answer(request: IncomingMessage, body: string, response: ServerResponse): void {
    const { authorization } = request.headers;
    const question = { path: request.url ?? "", authorization, body };
    this.questions.push(question);
    const reply = this.refusal(question) ?? READY;
    response.writeHead(reply.status, { "content-type": "application/json" });
    response.end(JSON.stringify(reply.body));
  }
}
