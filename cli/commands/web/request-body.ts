import type { IncomingMessage } from "node:http";
import { Refusal } from "./refusal";

const MEBIBYTE = 2 ** 20;

/**
 * A request's body, up to a limit.
 *
 * @throws Refusal if it is longer.
 */
export async function bodyOf(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const announced = Number(request.headers["content-length"] ?? 0);
  if (announced > maxBytes) throw tooLong(maxBytes);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw tooLong(maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** A schema, of `zod` or `zod/mini`. */
interface Schema<T> {
  safeParse(value: unknown): { readonly success: true; readonly data: T } | { readonly success: false };
}

/**
 * A request's JSON body, checked.
 *
 * @throws Refusal if it is too long, no JSON, or does not fit the schema.
 */
export async function jsonOf<T>(request: IncomingMessage, schema: Schema<T>, maxBytes: number): Promise<T> {
  if (request.headers["content-type"]?.split(";")[0]?.trim() !== "application/json") throw notUnderstood();
  const checked = schema.safeParse(parsed((await bodyOf(request, maxBytes)).toString("utf8")));
  if (!checked.success) throw notUnderstood();
  return checked.data;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function tooLong(maxBytes: number): Refusal {
  return new Refusal(413, {
    what: `The request holds more than ${maxBytes / MEBIBYTE} MiB.`,
    cause: "The server keeps a request in memory, so its size is bounded.",
    fix: "Send less at a time. For many or long documents there is ollama-chat rag ingest.",
  });
}

function notUnderstood(): Refusal {
  return new Refusal(400, {
    what: "The server does not understand the request.",
    cause: "The page is of another release than ollama-chat web, or the text is too long.",
    fix: "Reload the page; if the question is very long, shorten it.",
  });
}
