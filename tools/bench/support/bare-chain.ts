import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { BareClient } from "./bare-client";

const ML = "/_plugins/_ml";
const POLL_MILLISECONDS = 20;

/** What opens a cluster for model servers on loopback, as in the guide. */
export const SETTINGS = {
  "plugins.ml_commons.trusted_connector_endpoints_regex": ["^http://127\\.0\\.0\\.1:.*$", "^http://localhost:.*$"],
  "plugins.ml_commons.only_run_on_ml_node": "false",
  "plugins.ml_commons.memory_feature_enabled": "true",
  "plugins.ml_commons.connector.private_ip_enabled": "true",
};

export interface Chain {
  readonly groupId: string;
  readonly connectorId: string;
  readonly modelId: string;
}

export async function openSettings(bare: BareClient): Promise<void> {
  await bare.send("PUT", "/_cluster/settings", { persistent: SETTINGS });
}

export async function closeSettings(bare: BareClient): Promise<void> {
  const persistent = Object.fromEntries(Object.keys(SETTINGS).map((key) => [key, null]));
  await bare.send("PUT", "/_cluster/settings", { persistent });
}

export async function makeGroup(bare: BareClient, name: string): Promise<string> {
  const answer = await bare.send("POST", `${ML}/model_groups/_register`, { name, description: "Bench" });
  return z.object({ model_group_id: z.string() }).parse(answer).model_group_id;
}

/** What a connector is told of its model. */
export interface ModelCall {
  readonly model: string;
  readonly options: object;
}

/** The body that the preset `ollamaGenerate` makes, written out. */
export async function makeConnector(
  bare: BareClient,
  name: string,
  modelServer: string,
  call: ModelCall = { model: "stub", options: {} },
): Promise<string> {
  const requestBody =
    '{ "model": "${parameters.model}", "prompt": "${parameters.prompt}", "stream": false, "options": ${parameters.options} }';
  const answer = await bare.send("POST", `${ML}/connectors/_create`, {
    name,
    description: "Bench",
    version: 1,
    protocol: "http",
    parameters: { model: call.model, options: JSON.stringify(call.options) },
    credential: { unused: "unused" },
    client_config: { read_timeout: 300 },
    actions: [
      {
        action_type: "predict",
        method: "POST",
        url: `${modelServer}/api/generate`,
        headers: { "Content-Type": "application/json" },
        request_body: requestBody,
      },
    ],
  });
  return z.object({ connector_id: z.string() }).parse(answer).connector_id;
}

/** Registers a model; `deploy` starts its deployment in the same call. */
export async function registerModel(
  bare: BareClient,
  name: string,
  ids: { readonly groupId: string; readonly connectorId: string },
  deploy: boolean,
): Promise<string> {
  const answer = await bare.send("POST", `${ML}/models/_register${deploy ? "?deploy=true" : ""}`, {
    name,
    function_name: "remote",
    model_group_id: ids.groupId,
    connector_id: ids.connectorId,
    description: "Bench",
  });
  return z.object({ model_id: z.string() }).parse(answer).model_id;
}

export async function deployModel(bare: BareClient, modelId: string): Promise<void> {
  await bare.send("POST", `${ML}/models/${modelId}/_deploy`);
}

/** Looks at the model's state until it is deployed, by default every 20 ms. */
export async function awaitDeployed(bare: BareClient, modelId: string, pollMs = POLL_MILLISECONDS): Promise<void> {
  for (;;) {
    const answer = await bare.send("GET", `${ML}/models/${modelId}`);
    const { model_state: state } = z.object({ model_state: z.string() }).parse(answer);
    if (state === "DEPLOYED") return;
    if (state === "DEPLOY_FAILED") throw new Error(`The model ${modelId} is ${state}.`);
    await sleep(pollMs);
  }
}

export async function predict(
  bare: BareClient,
  modelId: string,
  prompt = "Reply with one word: ready.",
): Promise<void> {
  await bare.send("POST", `${ML}/models/${modelId}/_predict`, { parameters: { prompt } });
}

/** Takes a model down: undeploy, delete, and again while the server's searches lag behind. */
export async function removeModel(bare: BareClient, modelId: string): Promise<void> {
  await bare.send("POST", `${ML}/models/${modelId}/_undeploy`);
  await untilAccepted(() => bare.send("DELETE", `${ML}/models/${modelId}`));
}

export async function removeConnector(bare: BareClient, connectorId: string): Promise<void> {
  await untilAccepted(() => bare.send("DELETE", `${ML}/connectors/${connectorId}`));
}

export async function removeGroup(bare: BareClient, groupId: string): Promise<void> {
  await untilAccepted(() => bare.send("DELETE", `${ML}/model_groups/${groupId}`));
}

const LAG_MILLISECONDS = 10_000;

async function untilAccepted(send: () => Promise<unknown>): Promise<void> {
  const end = performance.now() + LAG_MILLISECONDS;
  for (;;) {
    try {
      await send();
      return;
    } catch (error) {
      if (performance.now() > end) throw error;
      await sleep(POLL_MILLISECONDS);
    }
  }
}
