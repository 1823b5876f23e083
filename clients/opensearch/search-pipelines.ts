import { z } from "zod";
import { orUnsupported } from "./refusal";
import type { OpenSearchServer } from "./server";

const pipelinesAnswer = z.record(
  z.string(),
  z.looseObject({ response_processors: z.array(z.record(z.string(), z.unknown())).nullish() }),
);
const ragProcessor = z.looseObject({ model_id: z.string(), llm_response_field: z.unknown().optional() });

/** A search pipeline with a `retrieval_augmented_generation` processor. */
export interface RagPipeline {
  readonly name: string;
  /** Whether the processor has an `llm_response_field`. */
  readonly namesResponseField: boolean;
}

/** Search pipelines that generate answers with this model. */
export async function ragPipelines(server: OpenSearchServer, modelId: string): Promise<readonly RagPipeline[]> {
  const answer = await orUnsupported(
    server.call({ method: "GET", path: "/_search/pipeline", answer: pipelinesAnswer, repeatable: true }),
  );
  return Object.entries(answer ?? {}).flatMap(([name, { response_processors: processors }]) =>
    (processors ?? [])
      .flatMap((one) => ragProcessor.safeParse(one.retrieval_augmented_generation).data ?? [])
      .filter((processor) => processor.model_id === modelId)
      .map((processor) => ({ name, namesResponseField: processor.llm_response_field !== undefined })),
  );
}
