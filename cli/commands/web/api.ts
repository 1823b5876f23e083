import type { IncomingMessage, ServerResponse } from "node:http";
import {
  type ChatEvent,
  type CheckEvent,
  chatRequestSchema,
  type IngestEvent,
  type Problem,
  removalSchema,
} from "../../../web/protocol";
import type { Access } from "../../access/access";
import type { Machine } from "../doctor/machine";
import { aboutServers } from "./about";
import { answerFromDocuments } from "./answer-from-documents";
import { askInConversation } from "./ask";
import { examine } from "./checks";
import { documentsOf, ingestUploaded, removed, uploadedFiles } from "./documents";
import { EventStream } from "./event-stream";
import { jsonOf } from "./request-body";
import { stackGraph } from "./stack-graph";

export interface ApiOptions {
  readonly access: Access;
  readonly machine: Machine;
  /** As `--through`. */
  readonly through?: string;
  /** Time limit for an answer. */
  readonly timeoutSeconds: number;
  readonly version: string;
  /** Texts that never reach the page. */
  readonly secrets: readonly string[];
  /** An error for the page, without secrets. */
  readonly problemOf: (error: unknown) => Problem;
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

const MEBIBYTE = 2 ** 20;
/** A long conversation. */
const MAX_CHAT_BYTES = 4 * MEBIBYTE;

/** What the page may ask, by method and path. Bodies and events are described in `web/protocol.ts`. */
export function apiHandlers(options: ApiOptions): ReadonlyMap<string, Handler> {
  const { access, machine, secrets } = options;
  return new Map<string, Handler>([
    ["GET /api/about", async (_, response) => sendJson(response, 200, await aboutServers(access, options))],
    ["POST /api/chat", (request, response) => chat(request, response, options)],
    ["GET /api/documents", async (_, response) => sendJson(response, 200, await documentsOf(access))],
    ["POST /api/documents", (request, response) => upload(request, response, options)],
    [
      "POST /api/documents/remove",
      async (request, response) => {
        const document = await jsonOf(request, removalSchema, MEBIBYTE);
        sendJson(response, 200, await removed(access, document));
      },
    ],
    [
      "POST /api/checks",
      (_, response) => streamed<CheckEvent>(response, options, (send) => examine(access, machine, secrets, send)),
    ],
    [
      "GET /api/graph",
      async (_, response) => sendJson(response, 200, await stackGraph(access.stack, machine.environment)),
    ],
  ]);
}

async function chat(request: IncomingMessage, response: ServerResponse, options: ApiOptions): Promise<void> {
  const { access, through, timeoutSeconds } = options;
  const asked = await jsonOf(request, chatRequestSchema, MAX_CHAT_BYTES);
  await streamed<ChatEvent>(response, options, async (send, signal) => {
    const how = { through, timeoutSeconds, signal, send };
    if (asked.fromDocuments) await answerFromDocuments(access, asked.question, how);
    else await askInConversation(access, asked, how);
  });
}

async function upload(request: IncomingMessage, response: ServerResponse, options: ApiOptions): Promise<void> {
  const files = await uploadedFiles(request);
  await streamed<IngestEvent>(response, options, (send) => ingestUploaded(options.access, files, send));
}

/** Answers with a stream of events; a failure is the last one. */
async function streamed<Event>(
  response: ServerResponse,
  { problemOf }: ApiOptions,
  task: (send: (event: Event | Failed) => void, gone: AbortSignal) => Promise<void>,
): Promise<void> {
  const events = new EventStream<Event | Failed>(response);
  const send = (event: Event | Failed) => events.send(event);
  try {
    await task(send, events.gone);
  } catch (error) {
    send({ type: "failed", problem: problemOf(error) });
  }
  events.end();
}

interface Failed {
  readonly type: "failed";
  readonly problem: Problem;
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8" }).end(JSON.stringify(value));
}
