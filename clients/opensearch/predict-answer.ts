import { z } from "zod";
import { validate } from "../validate";

export const predictAnswer = z.looseObject({
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

/** What `_predict` answers; `answerText` takes the text out of it. */
export type PredictAnswer = z.infer<typeof predictAnswer>;

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
  const parsed = validate(ollamaAnswer, map);
  return parsed.success ? parsed.data : undefined;
}

const NANOSECONDS = 1e9;

const ollamaMeasures = z.looseObject({
  model: z.string().optional(),
  eval_count: z.number().optional(),
  prompt_eval_count: z.number().optional(),
  eval_duration: z.number().positive().optional(),
  usage: z.looseObject({ completion_tokens: z.number().optional(), prompt_tokens: z.number().optional() }).optional(),
});

/** What the model server tells of an answer besides the text. */
export interface AnswerMeasures {
  readonly model?: string;
  readonly tokens?: number;
  readonly promptTokens?: number;
  /** Time spent on writing the answer; `/v1/chat/completions` does not tell it. */
  readonly evalSeconds?: number;
}

/** Model, tokens and time from `/api/generate`, `/api/chat` and `/v1/chat/completions`; what is not told is absent. */
export function answerMeasures(answer: PredictAnswer): AnswerMeasures {
  const parsed = validate(ollamaMeasures, answer.inference_results[0]?.output?.[0]?.dataAsMap);
  if (!parsed.success) return {};
  const { model, eval_count, prompt_eval_count, eval_duration, usage } = parsed.data;
  return {
    model,
    tokens: eval_count ?? usage?.completion_tokens,
    promptTokens: prompt_eval_count ?? usage?.prompt_tokens,
    evalSeconds: eval_duration === undefined ? undefined : eval_duration / NANOSECONDS,
  };
}
