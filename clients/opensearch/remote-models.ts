import { z } from "zod";
import { searchAnswer } from "./answers";
import type { OpenSearchServer } from "./server";

const MAX_MODELS = 200;

/** A remote model as a search finds it. */
export interface RemoteModel {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly modelGroupId?: string;
  /** Absent if the model has an internal connector. */
  readonly connectorId?: string;
  /** Parameters of an internal connector. */
  readonly ownParameters?: Readonly<Record<string, string>>;
}

const modelSource = z.object({
  name: z.string().default(""),
  model_state: z.string().default("UNKNOWN"),
  model_group_id: z.string().nullish(),
  connector_id: z.string().nullish(),
  connector: z.object({ parameters: z.record(z.string(), z.coerce.string()).nullish() }).nullish(),
});

const modelsAnswer = searchAnswer(modelSource);

/** The cluster's remote models, at most 200. */
export async function findRemoteModels(server: OpenSearchServer): Promise<RemoteModel[]> {
  const answer = await server.call({
    method: "POST",
    path: "/_plugins/_ml/models/_search",
    body: { query: { term: { algorithm: "REMOTE" } }, size: MAX_MODELS },
    answer: modelsAnswer,
    repeatable: true,
  });
  return answer.hits.hits.map(({ _id: id, _source: model }) => ({
    id,
    name: model.name,
    state: model.model_state,
    modelGroupId: model.model_group_id ?? undefined,
    connectorId: model.connector_id ?? undefined,
    ownParameters: model.connector?.parameters ?? undefined,
  }));
}
