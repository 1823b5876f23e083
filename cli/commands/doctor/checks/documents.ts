import { getConnector } from "../../../../clients/opensearch/connectors";
import { countDocuments, indicesBehind } from "../../../../clients/opensearch/indices";
import { getModel } from "../../../../clients/opensearch/models";
import { predict } from "../../../../clients/opensearch/predict";
import { ragPipelines } from "../../../../clients/opensearch/search-pipelines";
import { Deadline } from "../../../../clients/wait";
import { ChatApi } from "../../../../providers/connector/chat-api";
import { ModelState } from "../../../../providers/deployed-model/deployment";
import { probeParameters } from "../../../../providers/deployed-model/probe";
import { type Check, fail, nothing, type Outcome, ok, skip, warn } from "../check";
import type { Scene } from "../scene";
import { shownSeconds } from "../sizes";

const GROUP = "Documents";

export const documentChecks: readonly Check[] = [
  { id: "rag-index", title: "index", group: GROUP, needs: ["opensearch-password"], run: index },
  { id: "embedding-model", title: "embedding model", group: GROUP, needs: ["ml-plugin"], run: model },
  {
    id: "embedding",
    title: "embedding",
    group: GROUP,
    needs: ["embedding-model", "remote-inference"],
    unlessFailed: ["ollama-reachable", "ollama-model"],
    after: ["predict"],
    run: embedding,
    essential: true,
  },
  { id: "rag-pipelines", title: "RAG pipelines", group: GROUP, needs: ["model"], run: pipelines },
];

async function index(scene: Scene): Promise<Outcome> {
  const { ragIndex } = scene.access;
  if (ragIndex === undefined) return skip("the stack has none");
  if ((await indicesBehind(scene.opensearch, ragIndex)).size === 0)
    return fail("rag-index-missing", `${ragIndex} is not there`);
  const count = await countDocuments(scene.opensearch, ragIndex);
  return count === 0 ? warn("rag-index-empty", `${ragIndex} is empty`) : ok(`${ragIndex}, ${count} passages`);
}

async function model(scene: Scene): Promise<Outcome> {
  const { embeddingModelId: id } = scene.access;
  if (id === undefined) return nothing("the stack has none");
  const found = await getModel(scene.opensearch, id);
  if (found === undefined) return fail("model-missing", `${id} is not there`);
  if (found.modelState === ModelState.deployed) return ok(`${found.name} (${id})`);
  return warn("model-undeployed", `${id} is ${found.modelState}`);
}

async function embedding(scene: Scene): Promise<Outcome> {
  const { embeddingModelId: id = "" } = scene.access;
  const connectorId = (await getModel(scene.opensearch, id))?.connectorId;
  const connector = connectorId === undefined ? undefined : await getConnector(scene.opensearch, connectorId);
  const parameters = connector && probeParameters(connector);
  if (parameters === undefined) return skip("not asked: the connector's parameters are not known");
  const started = performance.now();
  const answer = await predict(scene.opensearch, id, parameters, Deadline.after(scene.answerSeconds * 1000));
  const vector = answer.inference_results[0]?.output?.[0]?.data;
  if (!Array.isArray(vector) || vector.length === 0) return fail("embedding-reply", "the answer holds no vector");
  return ok(`${vector.length} dimensions after ${shownSeconds((performance.now() - started) / 1000)}`);
}

/** Without `llm_response_field`, the processor only understands answers of `/v1/chat/completions`. */
async function pipelines(scene: Scene): Promise<Outcome> {
  const found = await ragPipelines(scene.opensearch, scene.access.modelId ?? "");
  if (found.length === 0) return skip("no search pipeline names the model");
  const target = (await scene.predictAction())?.target ?? "";
  const wrong = found.find(({ namesResponseField }) => !/\/v1\/chat\/completions$/.test(target) && !namesResponseField);
  if (wrong === undefined) return ok(found.map(({ name }) => name).join(", "));
  const api = Object.values(ChatApi).find((one) => one === scene.access.api) ?? scene.access.api;
  return fail("rag-pipeline", `${wrong.name} has no llm_response_field, and the connector's API is ${api}`);
}
