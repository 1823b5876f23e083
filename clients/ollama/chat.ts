import { z } from "zod";
import { UnexpectedAnswerError, UnreachableError } from "../errors";
import { validate } from "../validate";
import type { OllamaServer } from "./server";
import { streamError } from "./streams";

export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  /** Longest wait for the whole answer. */
  readonly timeoutSeconds: number;
  /** Ends the request; Ollama then stops working on it. */
  readonly signal?: AbortSignal;
  /** Told each part of the answer as it comes. */
  readonly onText?: (text: string) => void;
}

export interface ChatAnswer {
  readonly text: string;
  readonly tokens?: number;
  readonly promptTokens?: number;
  /** Time that Ollama spent on writing the answer, without loading and reading. */
  readonly evalSeconds?: number;
}

const NANOSECONDS = 1e9;
/** Node's timers hold no more than this. */
const LONGEST_TIMER_MILLISECONDS = 2 ** 31 - 1;

const chatPart = z.object({
  message: z.object({ content: z.string().default("") }).optional(),
  done: z.boolean().default(false),
  eval_count: z.number().optional(),
  prompt_eval_count: z.number().optional(),
  eval_duration: z.number().optional(),
});

/** `POST /api/chat`, read word by word. A zero counter is one that the server leaves out (0.17.4). */
export async function chat(server: OllamaServer, request: ChatRequest): Promise<ChatAnswer> {
  const name = "POST /api/chat";
  const limit = AbortSignal.timeout(Math.min(Math.ceil(request.timeoutSeconds * 1000), LONGEST_TIMER_MILLISECONDS));
  const signal = request.signal === undefined ? limit : AbortSignal.any([limit, request.signal]);
  const { model, messages } = request;
  let text = "";
  try {
    const parts = await server
      .client(name, signal)
      .chat({ model, messages: messages.map((message) => ({ ...message })), stream: true });
    for await (const line of parts as AsyncIterable<unknown>) {
      const part = parsed(name, line);
      const { content = "" } = part.message ?? {};
      text += content;
      if (content !== "") request.onText?.(content);
      if (!part.done) continue;
      const evalSeconds = part.eval_duration === undefined ? undefined : part.eval_duration / NANOSECONDS;
      return { text, tokens: part.eval_count, promptTokens: part.prompt_eval_count, evalSeconds };
    }
  } catch (error) {
    throw streamError(server, name, error, signal);
  }
  throw new UnreachableError(server.endpoint, "the answer ended early", name, true);
}

function parsed(request: string, line: unknown): z.infer<typeof chatPart> {
  const part = validate(chatPart, line);
  if (part.success) return part.data;
  throw new UnexpectedAnswerError(request, z.prettifyError(part.error));
}
