import { UnexpectedAnswerError } from "../errors";
import type { Deadline } from "../wait";
import type { PredictAnswer } from "./predict-answer";
import type { OpenSearchServer } from "./server";

/** Shortest time limit of a question, in seconds: also one that is asked at the last moment may be answered. */
const LEAST_SECONDS = 1;

/** What reads an answer, loaded when it is first needed; whoever has to wait before that can have it loaded meanwhile. */
export async function answerReading(): Promise<typeof import("./predict-answer")> {
  return await import("./predict-answer.js");
}

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
  signal?.throwIfAborted();
  const name = `POST /_plugins/_ml/models/${modelId}/_predict`;
  const answer = await server.call({
    name,
    send: (client, options) => {
      const request = client.ml.predictModel({ model_id: modelId, body: { parameters } as never }, options);
      // What `abort` answers must not leave the listener: Node.js would throw its rejection, request and all, as uncaught.
      signal?.addEventListener("abort", () => void request.abort(), { once: true });
      return request;
    },
    answer: async () => (await answerReading()).predictAnswer,
    repeatable: true,
    timeoutSeconds: Math.max(LEAST_SECONDS, deadline.remainingMilliseconds / 1000),
    retry: { deadline },
  });
  const { isStream, STREAMED } = await answerReading();
  if (isStream(answer)) throw new UnexpectedAnswerError(name, STREAMED);
  return answer;
}
