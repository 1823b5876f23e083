import { z } from "zod";
import type { OllamaServer } from "./server";

const NANOSECONDS = 1e9;
/** Ollama omits a duration that is zero. */
const duration = z
  .number()
  .default(0)
  .transform((nanoseconds) => nanoseconds / NANOSECONDS);

const timingsAnswer = z
  .object({
    total_duration: duration,
    load_duration: duration,
    prompt_eval_duration: duration,
    eval_duration: duration,
    eval_count: z.number().default(0),
  })
  .transform((answer) => ({
    totalSeconds: answer.total_duration,
    loadSeconds: answer.load_duration,
    promptSeconds: answer.prompt_eval_duration,
    evalSeconds: answer.eval_duration,
    tokens: answer.eval_count,
  }));

/** Timings in an answer of `/api/generate` or `/api/chat`. */
export type Timings = z.infer<typeof timingsAnswer>;

/** Timings in an answer that came through another server. `undefined` if the API reports none. */
export function timingsOf(answer: unknown): Timings | undefined {
  const { data } = timingsAnswer.safeParse(answer);
  return data === undefined || data.totalSeconds === 0 ? undefined : data;
}

/** Lets a model write a number of tokens, to measure it. */
export async function measure(
  server: OllamaServer,
  model: string,
  tokens: number,
  options: Readonly<Record<string, unknown>>,
  timeoutSeconds: number,
): Promise<Timings> {
  return await server.call({
    name: "POST /api/generate",
    send: (client) =>
      client.generate({
        model,
        prompt: "Why is the sky blue?",
        stream: false,
        options: { ...options, num_predict: tokens },
      }),
    answer: timingsAnswer,
    timeoutSeconds,
  });
}
