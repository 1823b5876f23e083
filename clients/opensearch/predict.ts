import type { Deadline } from "../wait";
import { isStream, type PredictAnswer, predictAnswer, streamed } from "./predict-answer";
import { type OpenSearchServer, path } from "./server";

/** Shortest time limit in seconds, so that a request just before the deadline can still succeed. */
const MIN_SECONDS = 1;

/**
 * Asks a model. The answer takes as long as the model does, so the caller sets the deadline.
 *
 * @param signal cancels the request
 * @throws UnexpectedAnswerError if the model server streamed, because ML Commons then returns no answer, despite status
 * 200.
 */
export async function predict(
  server: OpenSearchServer,
  modelId: string,
  parameters: Readonly<Record<string, unknown>>,
  deadline: Deadline,
  signal?: AbortSignal,
): Promise<PredictAnswer> {
  const request = path`/_plugins/_ml/models/${modelId}/_predict`;
  const answer = await server.call({
    method: "POST",
    path: request,
    body: { parameters },
    answer: predictAnswer,
    repeatable: true,
    timeoutSeconds: Math.max(MIN_SECONDS, deadline.remainingMilliseconds / 1000),
    retry: { deadline },
    signal,
  });
  if (isStream(answer)) throw streamed(`POST ${request}`);
  return answer;
}
