import { z } from "zod";
import { UnexpectedAnswerError } from "../clients/errors";
import { predict } from "../clients/opensearch/predict";
import type { OpenSearchServer } from "../clients/opensearch/server";
import { validate } from "../clients/validate";
import type { Deadline } from "../clients/wait";
import { ExplainedError } from "../diagnosis/explained-error";
import { promptText } from "../providers/connector/prompt-text";

const vectorsOf = z.array(z.looseObject({ data: z.array(z.number()).min(1) }));

/** A deployed embedding model, and how many numbers its vectors must have. */
export interface Embedder {
  readonly server: OpenSearchServer;
  readonly modelId: string;
  readonly dimension: number;
}

/**
 * The vectors of texts, in their order, made by a deployed embedding model.
 *
 * @throws ExplainedError where the model makes vectors of another length than the index holds.
 */
export async function embed(embedder: Embedder, texts: readonly string[], deadline: Deadline): Promise<number[][]> {
  const { server, modelId, dimension } = embedder;
  const answer = await predict(server, modelId, { input: texts.map(promptText) }, deadline);
  const parsed = validate(
    vectorsOf,
    answer.inference_results.flatMap(({ output }) => output ?? []),
  );
  const vectors = parsed.data?.map(({ data }) => data);
  if (vectors?.length !== texts.length) {
    const request = `POST /_plugins/_ml/models/${modelId}/_predict`;
    throw new UnexpectedAnswerError(request, `${texts.length} vectors were expected; it is no embedding model`);
  }
  const other = vectors.find(({ length }) => length !== dimension);
  if (other !== undefined) throw otherLength(modelId, other.length, dimension);
  return vectors;
}

function otherLength(modelId: string, found: number, expected: number): ExplainedError {
  return new ExplainedError({
    what: `The model ${modelId} makes vectors of ${found} numbers; the index holds vectors of ${expected}.`,
    cause: "The index was made for another embedding model.",
    fix: "Use the model that the index was made for, or make a new index for this one and ingest again.",
  });
}
