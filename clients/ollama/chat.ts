import { z } from "zod";
import { UnexpectedAnswerError, UnreachableError } from "../errors";
import { AnswerOnly, separateThinking } from "../thinking";
import { LONGEST_TIMER_MILLISECONDS } from "../wait";
import type { OllamaServer } from "./server";
import { streamError } from "./streams";

export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  /** Longest wait for the whole answer. */
  readonly timeoutSeconds: number;
  /** Cancels the request; Ollama then stops generating. */
  readonly signal?: AbortSignal;
  /** Called with each part of the answer as it arrives, without the model's thinking. */
  readonly onText?: (text: string) => void;
}

export interface ChatAnswer {
  readonly text: string;
  /** What the model wrote before its answer. */
  readonly thinking?: string;
  /** Why generation ended: `stop`, or `length` if the answer was cut off. */
  readonly doneReason?: string;
  readonly tokens?: number;
  readonly promptTokens?: number;
  /** Time that Ollama spent generating, without loading the model and reading the prompt. */
  readonly evalSeconds?: number;
}

const NANOSECONDS = 1e9;

const chatPart = z.object({
  message: z.object({ content: z.string().nullish(), thinking: z.string().nullish() }).optional(),
  done: z.boolean().default(false),
  done_reason: z.string().optional(),
  eval_count: z.number().optional(),
  prompt_eval_count: z.number().optional(),
  eval_duration: z.number().optional(),
});

/**
 * Calls `POST /api/chat` and reads the stream. The server omits counters that are zero (0.17.4). Messages longer than
 * the model's context are an error; by default the server would silently drop the oldest.
 */
export async function chat(server: OllamaServer, request: ChatRequest): Promise<ChatAnswer> {
  const name = "POST /api/chat";
  const limit = AbortSignal.timeout(Math.min(Math.ceil(request.timeoutSeconds * 1000), LONGEST_TIMER_MILLISECONDS));
  const signal = request.signal === undefined ? limit : AbortSignal.any([limit, request.signal]);
  const { model, messages } = request;
  let [content, thinking] = ["", ""];
  const shown = new AnswerOnly();
  const show = (text: string) => {
    if (text !== "") request.onText?.(text);
  };
  // The client's types lack `truncate`.
  const body = { model, messages: messages.map((message) => ({ ...message })), stream: true, truncate: false } as const;
  try {
    const parts = await server.client(name, signal).chat(body);
    for await (const line of parts as AsyncIterable<unknown>) {
      const part = parsed(name, line);
      content += part.message?.content ?? "";
      thinking += part.message?.thinking ?? "";
      show(shown.add(part.message?.content ?? ""));
      if (!part.done) continue;
      show(shown.end());
      const evalSeconds = part.eval_duration === undefined ? undefined : part.eval_duration / NANOSECONDS;
      const counted = { tokens: part.eval_count, promptTokens: part.prompt_eval_count, evalSeconds };
      const answer = separateThinking(content);
      return { thinking: thinking.trim() || undefined, ...answer, doneReason: part.done_reason, ...counted };
    }
  } catch (error) {
    throw streamError(server, name, error, signal);
  }
  throw new UnreachableError(server.endpoint, "the answer ended early", name, "ended-early", "ollama");
}

function parsed(request: string, line: unknown): z.infer<typeof chatPart> {
  const part = chatPart.safeParse(line);
  if (part.success) return part.data;
  throw new UnexpectedAnswerError(request, z.prettifyError(part.error), "ollama");
}
