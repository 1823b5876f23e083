import { z } from "zod";
import type { OpenSearchServer } from "./server";

const predictAnswer = z.looseObject({
  inference_results: z.array(
    z.looseObject({
      output: z
        .array(z.looseObject({ name: z.string().nullish(), dataAsMap: z.unknown().optional(), data: z.unknown().optional() }))
        .nullish(),
      status_code: z.number().nullish(),
    }),
  ),
});

export type PredictAnswer = z.infer<typeof predictAnswer>;

/** Asks a model. The answer can take as long as the model does, so the time limit is the caller's. */
export async function predict(
  server: OpenSearchServer,
  modelId: string,
  parameters: Readonly<Record<string, unknown>>,
  timeoutSeconds: number,
): Promise<PredictAnswer> {
  return await server.call({
    name: `POST /_plugins/_ml/models/${modelId}/_predict`,
    send: (client, options) => client.ml.predictModel({ model_id: modelId, body: { parameters } as never }, options),
    answer: predictAnswer,
    repeatable: true,
    timeoutSeconds,
  });
}

const ollamaAnswer = z.union([
  z.looseObject({ response: z.string() }).transform((map) => map.response),
  z.looseObject({ message: z.looseObject({ content: z.string() }) }).transform((map) => map.message.content),
  z
    .looseObject({ choices: z.array(z.looseObject({ message: z.looseObject({ content: z.string() }) })).min(1) })
    .transform((map) => map.choices[0]?.message.content ?? ""),
]);

/**
 * The text a model answered, from `/api/generate`, `/api/chat` and `/v1/chat/completions` alike, or `undefined`.
 * ML Commons puts a remote model's JSON into `inference_results[0].output[0].dataAsMap`.
 */
export function answerText(answer: PredictAnswer): string | undefined {
  const map = answer.inference_results[0]?.output?.[0]?.dataAsMap;
  const parsed = ollamaAnswer.safeParse(map);
  return parsed.success ? parsed.data : undefined;
}
