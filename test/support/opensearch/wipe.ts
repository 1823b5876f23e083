import type { ServerAddress, ServerKind } from "./address";
import { type Call, callsTo } from "./server-call";

/** Removes what a test left: agents, models, connectors, groups, indices, pipelines and cluster settings. */
export async function wipe(server: ServerAddress, kind: ServerKind): Promise<void> {
  const call = callsTo(server, kind);
  // First, since with access control on, models can only be undeployed one by one.
  const nothing = { "*": null };
  await done(call("PUT", "/_cluster/settings", { persistent: nothing, transient: nothing }));
  const others = [
    call("DELETE", "/*,-.*?expand_wildcards=all"),
    deletePipelines(call, "_ingest/pipeline"),
    deletePipelines(call, "_search/pipeline"),
    idsOf(call, "agents").then((ids) => deleteAll(call, "agents", ids)),
  ];
  const models = await idsOf(call, "models");
  if (models.length > 0) await done(call("POST", `${ML}/models/_undeploy`, { model_ids: models }));
  await deleteAll(call, "models", models);
  await deleteAll(call, "connectors", await idsOf(call, "connectors"));
  await deleteAll(call, "model_groups", await idsOf(call, "model_groups"));
  await Promise.all(others);
}

async function done(answer: Promise<Record<string, unknown>>): Promise<void> {
  const { error } = await answer;
  if (error !== undefined) throw new Error(`The server could not be wiped: ${JSON.stringify(error)}`);
}

const ML = "/_plugins/_ml";

type Kind = "agents" | "models" | "connectors" | "model_groups";

async function idsOf(call: Call, kind: Kind): Promise<string[]> {
  const found = await call("POST", `${ML}/${kind}/_search`, { query: { match_all: {} }, size: 1000, _source: false });
  const { hits = [] } = (found.hits ?? {}) as { hits?: { _id: string }[] };
  return hits.map(({ _id }) => _id);
}

async function deleteAll(call: Call, kind: Kind, ids: readonly string[]): Promise<void> {
  await Promise.all(ids.map((id) => call("DELETE", `${ML}/${kind}/${encodeURIComponent(id)}`)));
}

async function deletePipelines(call: Call, path: string): Promise<void> {
  for (const name of Object.keys(await call("GET", `/${path}`))) await call("DELETE", `/${path}/${name}`);
}
