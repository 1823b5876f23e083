import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { checkWith, sentence } from "../providers/shared/checking";
import { dimension, keepAlive, modelName, seconds, wholeSeconds } from "../providers/shared/values";
import { DEFAULT_EMBEDDING_MODEL, dimensionOf, KNOWN_EMBEDDING_MODELS } from "./embedding-models";
import type { OllamaRagStackArgs } from "./rag-args";

const argsSchema = z.looseObject({
  embeddingModel: modelName.optional(),
  dimension: dimension.optional(),
  keepAlive: keepAlive.optional(),
  readTimeoutSeconds: wholeSeconds.optional(),
  readiness: z.looseObject({ pullSeconds: seconds.optional(), modelSeconds: seconds.optional() }).optional(),
});

/**
 * The embedding model and the size of its vectors.
 *
 * @throws pulumi.RunError, in preview, on arguments that could only fail later.
 */
export function embeddingOf(name: string, args: OllamaRagStackArgs): { embeddingModel: string; dimension: number } {
  const { embeddingModel = DEFAULT_EMBEDDING_MODEL, dimension, keepAlive, readTimeoutSeconds, readiness } = args;
  const given = { embeddingModel, dimension, keepAlive, readTimeoutSeconds, readiness };
  const failures = checkWith(argsSchema, given).map(({ reason }) => reason);
  if (failures.length > 0) throw problem(name, failures.join("; "));
  const size = dimension ?? dimensionOf(embeddingModel);
  if (size !== undefined) return { embeddingModel, dimension: size };
  const rule = `must say how many numbers a vector of ${embeddingModel} has; known without it: ${KNOWN_EMBEDDING_MODELS.join(", ")}`;
  throw problem(name, sentence(["dimension"], undefined, rule));
}

function problem(name: string, text: string): pulumi.RunError {
  return new pulumi.RunError(`OllamaRagStack ${JSON.stringify(name)}: ${text}`);
}
