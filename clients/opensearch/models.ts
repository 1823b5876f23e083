import { z } from "zod";
import type { Deadline } from "../wait";
import { anyObject, searchAnswer, writeAnswer } from "./answers";
import { orMissing } from "./refusal";
import { openingRetry } from "./retry";
import { type OpenSearchServer, path } from "./server";

/** Fields of a remote model, for registration and updates. JSON members are sent unchanged. */
export interface ModelFields {
  readonly name?: string;
  readonly description?: string;
  readonly modelGroupId?: string;
  readonly connectorId?: string;
  readonly isEnabled?: boolean;
  readonly rateLimiter?: Readonly<Record<string, unknown>>;
  readonly guardrails?: Readonly<Record<string, unknown>>;
  readonly interface?: Readonly<Record<string, unknown>>;
  readonly deploySetting?: Readonly<Record<string, unknown>>;
}

export interface ModelDocument extends ModelFields {
  /** `REGISTERED`, `DEPLOYING`, `DEPLOYED`, `PARTIALLY_DEPLOYED`, `UNDEPLOYED` or `DEPLOY_FAILED`. */
  readonly modelState: string;
}

/** Whether a model deploys itself, as far as its own setting says. */
export function mayAutoDeploy(model: ModelDocument | undefined): boolean {
  return model?.deploySetting?.is_auto_deploy_enabled !== false;
}

const json = z.record(z.string(), z.unknown()).nullish();
const modelAnswer = z.object({
  name: z.string().default(""),
  description: z.string().nullish(),
  model_group_id: z.string().nullish(),
  connector_id: z.string().nullish(),
  is_enabled: z.boolean().nullish(),
  rate_limiter: json,
  guardrails: json,
  interface: json,
  deploy_setting: json,
  model_state: z.string().default("UNKNOWN"),
});

const modelsAnswer = searchAnswer(modelAnswer);
const registeredAnswer = z.object({ model_id: z.string() });

/** Registers a remote model and optionally deploys it. Returns before the deployment is complete. */
export async function registerModel(
  server: OpenSearchServer,
  fields: ModelFields,
  options: { readonly deploy: boolean; readonly deadline: Deadline },
): Promise<string> {
  const answer = await server.call({
    method: "POST",
    path: "/_plugins/_ml/models/_register",
    query: options.deploy ? { deploy: true } : {},
    body: { function_name: "remote", ...wire(fields) },
    answer: registeredAnswer,
    repeatable: false,
    retry: { deadline: options.deadline },
  });
  return answer.model_id;
}

export async function getModel(server: OpenSearchServer, id: string): Promise<ModelDocument | undefined> {
  const call = server.call({
    method: "GET",
    path: path`/_plugins/_ml/models/${id}`,
    answer: modelAnswer,
    repeatable: true,
  });
  const answer = await orMissing(call);
  return answer === undefined ? undefined : document(answer);
}

export async function updateModel(
  server: OpenSearchServer,
  id: string,
  fields: ModelFields,
  deadline: Deadline,
): Promise<void> {
  await server.call({
    method: "PUT",
    path: path`/_plugins/_ml/models/${id}`,
    body: wire(fields),
    answer: writeAnswer,
    repeatable: true,
    retry: { deadline },
  });
}

export async function deployModel(server: OpenSearchServer, id: string): Promise<void> {
  await server.call({
    method: "POST",
    path: path`/_plugins/_ml/models/${id}/_deploy`,
    answer: anyObject,
    repeatable: true,
  });
}

/** Undeploys a model, if it exists and is deployed. */
export async function undeployModel(server: OpenSearchServer, id: string): Promise<void> {
  const call = server.call({
    method: "POST",
    path: path`/_plugins/_ml/models/${id}/_undeploy`,
    answer: anyObject,
    repeatable: true,
  });
  await orMissing(call);
}

/** Deletes a model, if it exists. */
export async function deleteModel(server: OpenSearchServer, id: string): Promise<void> {
  const call = server.call({
    method: "DELETE",
    path: path`/_plugins/_ml/models/${id}`,
    answer: writeAnswer,
    repeatable: true,
  });
  await orMissing(call);
}

const MAX_FOUND = 100;

/** A model with its id. */
export interface FoundModel {
  readonly id: string;
  readonly model: ModelDocument;
}

/**
 * Finds models that use this connector. Queries the exact id, because the analysed field splits ids at every `-`
 * (3.4.0).
 */
export async function findModelsByConnector(server: OpenSearchServer, connectorId: string): Promise<FoundModel[]> {
  const found = await findModels(server, { term: { "connector_id.keyword": connectorId } });
  return found.filter(({ model }) => model.connectorId === connectorId);
}

/** Finds models in this group. */
export async function findModelsInGroup(server: OpenSearchServer, modelGroupId: string): Promise<FoundModel[]> {
  const found = await findModels(server, { term: { model_group_id: modelGroupId } });
  return found.filter(({ model }) => model.modelGroupId === modelGroupId);
}

/** Finds models whose description contains this phrase. */
export async function findModelsDescribed(server: OpenSearchServer, words: string): Promise<FoundModel[]> {
  return await findModels(server, { match_phrase: { description: words } });
}

async function findModels(server: OpenSearchServer, query: object): Promise<FoundModel[]> {
  const answer = await server.call({
    method: "POST",
    path: "/_plugins/_ml/models/_search",
    body: { query, size: MAX_FOUND },
    answer: modelsAnswer,
    repeatable: true,
    retry: openingRetry(),
  });
  return answer.hits.hits.map((hit) => ({ id: hit._id, model: document(hit._source) }));
}

function document(answer: z.infer<typeof modelAnswer>): ModelDocument {
  return {
    name: answer.name,
    description: answer.description ?? undefined,
    modelGroupId: answer.model_group_id ?? undefined,
    connectorId: answer.connector_id ?? undefined,
    isEnabled: answer.is_enabled ?? undefined,
    rateLimiter: answer.rate_limiter ?? undefined,
    guardrails: answer.guardrails ?? undefined,
    interface: answer.interface ?? undefined,
    deploySetting: answer.deploy_setting ?? undefined,
    modelState: answer.model_state,
  };
}

function wire(fields: ModelFields): Record<string, unknown> {
  return {
    name: fields.name,
    description: fields.description,
    model_group_id: fields.modelGroupId,
    connector_id: fields.connectorId,
    is_enabled: fields.isEnabled,
    rate_limiter: fields.rateLimiter,
    guardrails: fields.guardrails,
    interface: fields.interface,
    deploy_setting: fields.deploySetting,
  };
}
