import { z } from "zod";
import { UnreachableError } from "../errors";
import type { OpenSearchServer } from "./server";

const MOST_AGENTS = 1_000;

/**
 * What else on the cluster names a model: search pipelines, ingest pipelines and agents. A cluster without one of these
 * APIs, or a user who may not read them, answers nothing for that kind: the server's own checks still stand.
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
    name: `GET ${path}`,
    send: (client, options) => client.transport.request({ method: "GET", path }, options),
    answer: z.record(z.string(), z.unknown()),
    repeatable: true,
  });
  const all = await call.catch(refusedAs({}));
  return Object.entries(all)
    .filter(([, body]) => names(body, modelId))
    .map(([name]) => `${kind} ${name}`);
}

async function agents(server: OpenSearchServer, modelId: string): Promise<string[]> {
  const call = server.call({
    name: "POST /_plugins/_ml/agents/_search",
    send: (client, options) => client.ml.searchAgents({ body: { size: MOST_AGENTS } as never }, options),
    answer: z.object({ hits: z.object({ hits: z.array(z.object({ _id: z.string(), _source: z.unknown() })) }) }),
    repeatable: true,
  });
  const answer = await call.catch(refusedAs({ hits: { hits: [] } }));
  return answer.hits.hits.filter((hit) => names(hit._source, modelId)).map((hit) => `agent ${hit._id}`);
}

/** Stands in for what the server refuses to tell; without an answer at all nothing is known, and that is an error. */
function refusedAs<T>(substitute: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof UnreachableError) throw error;
    return substitute;
  };
}

function names(body: unknown, modelId: string): boolean {
  return JSON.stringify(body ?? null).includes(JSON.stringify(modelId));
}
