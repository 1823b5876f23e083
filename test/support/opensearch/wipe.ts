import { Agent, request as plainRequest } from "node:http";
import { request as secureRequest } from "node:https";
import { ADMIN_PASSWORD, type ServerAddress, type ServerKind } from "./address";

/** Never reused between servers: a wiped server may just have been restarted. */
const agent = new Agent({ keepAlive: false });

/** Takes away what a test left: models, connectors, groups, indices, pipelines and cluster settings. */
export async function wipe(server: ServerAddress, kind: ServerKind): Promise<void> {
  const call = (method: string, path: string, body?: unknown) => send(server, kind, method, path, body);
  // First: where access control is on, models are undeployed one by one only.
  const nothing = { "*": null };
  await done(call("PUT", "/_cluster/settings", { persistent: nothing, transient: nothing }));
  const others = [
    call("DELETE", "/*,-.*?expand_wildcards=all"),
    deletePipelines(call, "_ingest/pipeline"),
    deletePipelines(call, "_search/pipeline"),
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

type Kind = "models" | "connectors" | "model_groups";
type Call = (method: string, path: string, body?: unknown) => Promise<Record<string, unknown>>;

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

function send(
  { endpoint }: ServerAddress,
  kind: ServerKind,
  method: string,
  path: string,
  body: unknown,
): Promise<Record<string, unknown>> {
  const isSecured = kind === "secured";
  const headers = {
    "content-type": "application/json",
    ...(isSecured ? { authorization: `Basic ${Buffer.from(`admin:${ADMIN_PASSWORD}`).toString("base64")}` } : {}),
  };
  const options = { method, headers, ...(isSecured ? { rejectUnauthorized: false, agent: false } : { agent }) };
  return new Promise((resolve, reject) => {
    const request = (isSecured ? secureRequest : plainRequest)(`${endpoint}${path}`, options, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("error", reject);
      response.on("end", () => resolve(JSON.parse(text || "{}") as Record<string, unknown>));
    });
    request.on("error", reject);
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
