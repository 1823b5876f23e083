import { z } from "zod";
import type { OllamaServer } from "../../../clients/ollama/server";

/** A model that Ollama holds in memory. */
export interface RunningModel {
  readonly name: string;
  readonly sizeBytes: number;
  /** How much of it lies on a GPU. */
  readonly gpuBytes: number;
  /** When it is dropped unless somebody asks, RFC 3339. */
  readonly expiresAt: string;
}

const psAnswer = z.object({
  models: z
    .array(z.object({ name: z.string(), size: z.number(), size_vram: z.number().default(0), expires_at: z.string() }))
    .nullish(),
});

export async function runningModels(server: OllamaServer): Promise<readonly RunningModel[]> {
  const answer = await server.call({ name: "GET /api/ps", send: (client) => client.ps(), answer: psAnswer });
  return (answer.models ?? []).map((model) => ({
    name: model.name,
    sizeBytes: model.size,
    gpuBytes: model.size_vram,
    expiresAt: model.expires_at,
  }));
}

/** Ollama leaves a duration out where it is zero. */
const nanoseconds = z.number().default(0);
/** The measures in an answer of `/api/generate` and `/api/chat`. */
export const timingsSchema = z.looseObject({
  total_duration: nanoseconds,
  load_duration: nanoseconds,
  prompt_eval_duration: nanoseconds,
  eval_duration: nanoseconds,
  eval_count: z.number().default(0),
});

export type OllamaReply = z.infer<typeof timingsSchema>;

/** Asks Ollama itself for so many tokens. */
export async function askDirectly(
  server: OllamaServer,
  model: string,
  tokens: number,
  options: Readonly<Record<string, unknown>>,
  timeoutSeconds: number,
): Promise<OllamaReply> {
  return await server.call({
    name: "POST /api/generate",
    send: (client) =>
      client.generate({
        model,
        prompt: "Why is the sky blue?",
        stream: false,
        options: { ...options, num_predict: tokens },
      }),
    answer: timingsSchema,
    timeoutSeconds,
  });
}

export function seconds(durationNanoseconds: number): number {
  return durationNanoseconds / 1e9;
}

/** `80 ms`, `1.2 s`, `41 s`. */
export function shownSeconds(duration: number): string {
  if (duration < 0.9995) return `${Math.round(duration * 1000)} ms`;
  return duration < 10 ? `${duration.toFixed(1)} s` : `${Math.round(duration)} s`;
}
