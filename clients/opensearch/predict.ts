import { z } from "zod";
import type { Deadline } from "../wait";
import type { OpenSearchServer } from "./server";

const predictAnswer = z.looseObject({
  inference_results: z.array(
    z.looseObject({
      output: z
        .array(
          z.looseObject({
            name: z.string().nullish(),
            dataAsMap: z.unknown().optional(),
            data: z.unknown().optional(),
          }),
        )
        .nullish(),
      status_code: z.number().nullish(),
    }),
  ),
});

export type PredictAnswer = z.infer<typeof predictAnswer>;

/** Shortest time limit of a question, in seconds: also one that is asked at the last moment may be answered. */
const LEAST_SECONDS = 1;

/** Asks a model. The answer can take as long as the model does, so the time limit is the caller's. */
export async function predict(
  server: OpenSearchServer,
  modelId: string,
  parameters: Readonly<Record<string, unknown>>,
  deadline: Deadline,
): Promise<PredictAnswer> {
  return await server.call({
    name: `POST /_plugins/_ml/models/${modelId}/_predict`,
    send: (client, options) => client.ml.predictModel({ model_id: modelId, body: { parameters } as never }, options),
    answer: predictAnswer,
    repeatable: true,
    timeoutSeconds: Math.max(LEAST_SECONDS, deadline.remainingMilliseconds / 1000),
    retry: { deadline },
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
