import { z } from "zod";
import { ServerError } from "../errors";
import { searchAnswer } from "./answers";
import type { OpenSearchServer } from "./server";

const MAX_AGENTS = 1_000;
const pipelinesAnswer = z.record(z.string(), z.unknown());
const agentsAnswer = searchAnswer(z.unknown());

/**
 * Finds everything else on the cluster that refers to a model: search pipelines, ingest pipelines and agents. A missing
 * API means that there are none. A refused request, such as for lack of permissions, is thrown.
 */
export async function usersOfModel(server: OpenSearchServer, modelId: string): Promise<string[]> {
  const found = await Promise.all([
    pipelines(server, "search pipeline", "/_search/pipeline", modelId),
    pipelines(server, "ingest pipeline", "/_ingest/pipeline", modelId),
    agents(server, modelId),
  ]);
  return found.flat();
}

async function pipelines(server: OpenSearchServer, kind: string, path: string, modelId: string): Promise<string[]> {
  const call = server.call({
    method: "GET",
    path,
    answer: pipelinesAnswer,
    repeatable: true,
  });
  const all = await call.catch(emptyIfAbsent({}));
  return Object.entries(all)
    .filter(([, body]) => mentions(body, modelId))
    .map(([name]) => `${kind} ${name}`);
}

async function agents(server: OpenSearchServer, modelId: string): Promise<string[]> {
  const call = server.call({
    method: "POST",
    path: "/_plugins/_ml/agents/_search",
    body: { size: MAX_AGENTS },
    answer: agentsAnswer,
    repeatable: true,
  });
  const answer = await call.catch(emptyIfAbsent({ hits: { hits: [] } }));
  return answer.hits.hits.filter((hit) => mentions(hit._source, modelId)).map((hit) => `agent ${hit._id}`);
}

/**
 * Answers that mean "none": 404 if there are no pipelines or no agent index yet; 405 or these words if the server lacks
 * the API or has the agent framework turned off (seen on 3.6.0). A 403 says nothing about what exists.
 */
const ABSENT_STATUS = [404, 405];
const ABSENT = /no handler found for uri|Agent Framework is currently disabled/;

function emptyIfAbsent<T>(none: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof ServerError && (ABSENT_STATUS.includes(error.status) || ABSENT.test(error.reason)))
      return none;
    throw error;
  };
}

function mentions(body: unknown, modelId: string): boolean {
  return JSON.stringify(body ?? null).includes(JSON.stringify(modelId));
}
