import { z } from "zod";
import { ServerError } from "../errors";
import { searchAnswer, writeAnswer } from "./answers";
import { orMissing } from "./refusal";
import { openingRetry } from "./retry";
import { type OpenSearchServer, path } from "./server";

export interface ModelGroupFields {
  readonly name?: string;
  readonly description?: string;
  readonly accessMode?: string;
  readonly backendRoles?: readonly string[];
  readonly addAllBackendRoles?: boolean;
}

/** A model group as the server shows it. */
export interface ModelGroupDocument {
  readonly name: string;
  readonly description?: string;
  /** `public`, `private` or `restricted`. The server sets it even if access control is off. */
  readonly access?: string;
  readonly backendRoles?: readonly string[];
  /** Number of models ever registered in it. */
  readonly latestVersion: number;
}

const groupAnswer = z.object({
  name: z.string(),
  description: z.string().nullish(),
  access: z.string().nullish(),
  backend_roles: z.array(z.string()).nullish(),
  latest_version: z.coerce.number().default(0),
});

const groupsAnswer = searchAnswer(groupAnswer);
const registeredAnswer = z.object({ model_group_id: z.string() });

export async function registerModelGroup(server: OpenSearchServer, fields: ModelGroupFields): Promise<string> {
  const answer = await server.call({
    method: "POST",
    path: "/_plugins/_ml/model_groups/_register",
    body: { name: fields.name ?? "", ...wire(fields) },
    answer: registeredAnswer,
    repeatable: false,
  });
  return answer.model_group_id;
}

export async function getModelGroup(server: OpenSearchServer, id: string): Promise<ModelGroupDocument | undefined> {
  const call = server.call({
    method: "GET",
    path: path`/_plugins/_ml/model_groups/${id}`,
    answer: groupAnswer,
    repeatable: true,
  });
  const answer = await orMissing(call);
  return answer === undefined ? undefined : document(answer);
}

export async function updateModelGroup(server: OpenSearchServer, id: string, fields: ModelGroupFields): Promise<void> {
  await server.call({
    method: "PUT",
    path: path`/_plugins/_ml/model_groups/${id}`,
    body: wire(fields),
    answer: writeAnswer,
    repeatable: true,
  });
}

const MAX_FOUND = 100;

/** Finds groups whose description contains this phrase. */
export async function findModelGroups(
  server: OpenSearchServer,
  words: string,
): Promise<readonly { readonly id: string; readonly group: ModelGroupDocument }[]> {
  const answer = await server.call({
    method: "POST",
    path: "/_plugins/_ml/model_groups/_search",
    body: { query: { match_phrase: { description: words } }, size: MAX_FOUND },
    answer: groupsAnswer,
    repeatable: true,
    retry: openingRetry(),
  });
  return answer.hits.hits.map((hit) => ({ id: hit._id, group: document(hit._source) }));
}

const HOLDS_MODELS = /associated model versions/;

/** Whether the server refused to delete a group because it still counts models in it. */
export function holdsModels(error: unknown): error is ServerError {
  return error instanceof ServerError && HOLDS_MODELS.test(error.reason);
}

/** Deletes a group, if it exists. */
export async function deleteModelGroup(server: OpenSearchServer, id: string): Promise<void> {
  const call = server.call({
    method: "DELETE",
    path: path`/_plugins/_ml/model_groups/${id}`,
    answer: writeAnswer,
    repeatable: true,
  });
  await orMissing(call);
}

function document(answer: z.infer<typeof groupAnswer>): ModelGroupDocument {
  return {
    name: answer.name,
    description: answer.description ?? undefined,
    access: answer.access ?? undefined,
    backendRoles: answer.backend_roles ?? undefined,
    latestVersion: answer.latest_version,
  };
}

function wire(fields: ModelGroupFields): Record<string, unknown> {
  return {
    name: fields.name,
    description: fields.description,
    access_mode: fields.accessMode,
    backend_roles: fields.backendRoles,
    add_all_backend_roles: fields.addAllBackendRoles,
  };
}
