import { z } from "zod";
import { UnexpectedAnswerError } from "../errors";
import { separateThinking } from "../thinking";

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

/** The answer of `_predict`. `answerText` extracts the text. */
export type PredictAnswer = z.infer<typeof predictAnswer>;

/** A model's answer, whichever of the three APIs it came from. */
interface RawAnswer {
  /** `null` if the model server explicitly returns no text. */
  readonly text: string | null;
  readonly thinking?: string | null;
  readonly doneReason?: string | null;
}

const optionalText = z.string().nullish();
const message = z.looseObject({
  content: z.string().nullable(),
  thinking: optionalText,
  // Used by model servers with OpenAI's API.
  reasoning: optionalText,
  reasoning_content: optionalText,
});

const ollamaAnswer = z.union([
  z
    .looseObject({ response: z.string(), thinking: optionalText, done_reason: optionalText })
    .transform((map): RawAnswer => ({ text: map.response, thinking: map.thinking, doneReason: map.done_reason })),
  z
    .looseObject({ message, done_reason: optionalText })
    .transform((map): RawAnswer => ({ ...ofMessage(map.message), doneReason: map.done_reason })),
  z
    .looseObject({ choices: z.array(z.looseObject({ message, finish_reason: optionalText })).min(1) })
    .transform(({ choices: [first] }): RawAnswer => {
      return first === undefined ? { text: null } : { ...ofMessage(first.message), doneReason: first.finish_reason };
    }),
]);

function ofMessage({ content, thinking, reasoning, reasoning_content }: z.infer<typeof message>): RawAnswer {
  return { text: content, thinking: thinking ?? reasoning ?? reasoning_content };
}

/**
 * The model's text from `/api/generate`, `/api/chat` or `/v1/chat/completions`, or `undefined`. ML Commons puts a
 * remote model's JSON into `inference_results[0].output[0].dataAsMap`. The text is unchanged: a reasoning model may
 * have put its thinking before the answer, in `<think>`.
 */
export function answerText(answer: PredictAnswer): string | undefined {
  return rawAnswer(answer)?.text ?? undefined;
}

/** A model's answer, with its thinking separated. */
export interface AnswerContent {
  /** The text without the thinking; empty if the model did not reach an answer. */
  readonly text: string;
  readonly thinking?: string;
  /** Why generation ended, in the model server's words: `stop`, or `length` if the answer was cut off. */
  readonly doneReason?: string;
}

/** The answer with its thinking separated; `undefined` if there is no answer. */
export function answerContent(answer: PredictAnswer): AnswerContent | undefined {
  const raw = rawAnswer(answer);
  if (raw === undefined) return undefined;
  const thinking = raw.thinking?.trim() || undefined;
  return { thinking, ...separateThinking(raw.text ?? ""), doneReason: raw.doneReason ?? undefined };
}

function rawAnswer(answer: PredictAnswer): RawAnswer | undefined {
  return isStream(answer) ? undefined : ollamaAnswer.safeParse(firstMap(answer)).data;
}

/** Only text. A complete answer has more members. */
const onlyText = z.strictObject({ response: z.string() });
const streamChunk = z.looseObject({ done: z.literal(false) });

/**
 * Whether the model server streamed. Since 3.5 ML Commons returns a stream of `/api/generate` or `/api/chat` with 200
 * in place of the answer: one JSON document per line, each with a few letters (ml-commons #2996).
 */
export function isStream(answer: PredictAnswer): boolean {
  const text = onlyText.safeParse(firstMap(answer)).data?.response;
  return text !== undefined && isListOfParts(text);
}

/** Whether a text is such a stream: its first document says that more follow. */
export function isListOfParts(text: string): boolean {
  if (!text.startsWith("{")) return false;
  const [first = ""] = text.split("\n", 1);
  return streamChunk.safeParse(parsedJson(first)).success;
}

/** The error for a streamed answer. */
export function streamed(request: string): UnexpectedAnswerError {
  const detail = "the model server streams its answer, and this is the list of its parts";
  return new UnexpectedAnswerError(request, detail, "opensearch", "streamed");
}

function firstMap(answer: PredictAnswer): unknown {
  // User programs may pass anything.
  return predictAnswer.safeParse(answer).data?.inference_results[0]?.output?.[0]?.dataAsMap;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const NANOSECONDS = 1e9;

const ollamaMeasures = z.looseObject({
  model: z.string().optional(),
  eval_count: z.number().optional(),
  prompt_eval_count: z.number().optional(),
  eval_duration: z.number().positive().optional(),
  usage: z.looseObject({ completion_tokens: z.number().optional(), prompt_tokens: z.number().optional() }).optional(),
});

/** What the model server reports besides the text. */
export interface AnswerMeasures {
  readonly model?: string;
  readonly tokens?: number;
  readonly promptTokens?: number;
  /** Time spent generating. `/v1/chat/completions` does not report it. */
  readonly evalSeconds?: number;
}

/**
 * Model, tokens and time from `/api/generate`, `/api/chat` or `/v1/chat/completions`. Values that are not reported are
 * absent.
 */
export function answerMeasures(answer: PredictAnswer): AnswerMeasures {
  const parsed = ollamaMeasures.safeParse(firstMap(answer));
  if (!parsed.success) return {};
  const { model, eval_count, prompt_eval_count, eval_duration, usage } = parsed.data;
  return {
    model,
    tokens: eval_count ?? usage?.completion_tokens,
    promptTokens: prompt_eval_count ?? usage?.prompt_tokens,
    evalSeconds: eval_duration === undefined ? undefined : eval_duration / NANOSECONDS,
  };
}
