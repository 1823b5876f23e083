import type { Deadline } from "../wait";
import { isStream, type PredictAnswer, predictAnswer, streamed } from "./predict-answer";
import { type OpenSearchServer, path } from "./server";

/** Shortest time limit of a question, in seconds: also one that is asked at the last moment may be answered. */
const LEAST_SECONDS = 1;

/**
 * Asks a model. The answer can take as long as the model does, so the time limit is the caller's.
 *
 * @param signal ends the wait.
 * @throws UnexpectedAnswerError where the model server streamed: what came is no answer, though the status is 200.
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
    timeoutSeconds: Math.max(LEAST_SECONDS, deadline.remainingMilliseconds / 1000),
    retry: { deadline },
    signal,
  });
  if (isStream(answer)) throw streamed(`POST ${request}`);
  return answer;
}
