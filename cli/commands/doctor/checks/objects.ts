import type { ConnectorAction, ConnectorDocument } from "../../../../clients/opensearch/connectors";
import { getModelGroup } from "../../../../clients/opensearch/model-groups";
import { mayAutoDeploy } from "../../../../clients/opensearch/models";
import { lastDeployError } from "../../../../clients/opensearch/tasks";
import { type LintRule, lintAction } from "../../../../providers/connector/template";
import { ModelState } from "../../../../providers/deployed-model/deployment";
import { isLoopback } from "../../../../providers/shared/base-url";
import { type Check, fail, nothing, type Outcome, ok, skip, warn } from "../check";
import { redeploy } from "../redeploy";
import type { Scene } from "../scene";

const GROUP = "ML Commons";

export const objectChecks: readonly Check[] = [
  { id: "model-group", title: "model group", group: GROUP, needs: ["ml-plugin"], run: group },
  { id: "model", title: "model", group: GROUP, needs: ["ml-plugin"], run: model },
  { id: "connector", title: "connector", group: GROUP, needs: ["model"], run: connector },
];

export const modelChecks: readonly Check[] = [
  {
    id: "connector-address",
    title: "connector's address",
    group: GROUP,
    needs: ["connector"],
    after: ["docker"],
    run: address,
  },
  { id: "connector-body", title: "connector's body", group: GROUP, needs: ["connector"], run: body },
  { id: "read-timeout", title: "read timeout", group: GROUP, needs: ["connector"], run: readTimeout },
  { id: "model-enabled", title: "model enabled", group: GROUP, needs: ["model"], run: enabled },
  { id: "auto-deploy", title: "auto-deploy", group: GROUP, needs: ["model"], run: autoDeploy },
  { id: "model-state", title: "model deployed", group: GROUP, needs: ["model", "connector"], run: state },
];

async function group(scene: Scene): Promise<Outcome> {
  const { modelGroupId } = scene.access;
  if (modelGroupId === undefined) return skip("none is named");
  const found = await getModelGroup(scene.opensearch, modelGroupId);
  return found === undefined
    ? fail("group-missing", `${modelGroupId} is not there`)
    : ok(`${found.name} (${modelGroupId})`);
}

async function model(scene: Scene): Promise<Outcome> {
  const { modelId } = scene.access;
  if (modelId === undefined) return nothing("no deployed model is named");
  const found = await scene.model();
  return found === undefined ? fail("model-missing", `${modelId} is not there`) : ok(`${found.name} (${modelId})`);
}

async function connector(scene: Scene): Promise<Outcome> {
  const used = (await scene.model())?.connectorId;
  const { connectorId } = scene.access;
  const found = await scene.connector();
  const id = used ?? connectorId;
  if (id === undefined) return nothing("the model has a connector of its own inside");
  if (found === undefined) return fail("connector-missing", `${id} is not there`);
  if (connectorId !== undefined && connectorId !== id) {
    return warn("connector-moved", `the model uses ${id}, the stack's is ${connectorId}`);
  }
  return (await scene.predictAction()) === undefined
    ? nothing("the connector has no predict action")
    : ok(`${found.name} (${id})`);
}

async function address(scene: Scene): Promise<Outcome> {
  const target = (await scene.predictAction())?.target ?? "";
  const { origin } = new URL(target);
  if (!isLoopback(target)) return ok(origin);
  const inContainer = (await scene.container("opensearch"))?.container.Name;
  if (inContainer === undefined) return ok(`${origin}, as OpenSearch's machine sees it`);
  return fail("localhost-in-container", `${origin} is, for ${inContainer}, the container itself`);
}

async function body(scene: Scene): Promise<Outcome> {
  const [found, action] = await Promise.all([scene.connector(), scene.predictAction()]);
  if (found === undefined || action === undefined) return skip("no predict action");
  const [first] = lintConnector(found, action);
  if (first === undefined) return ok(`${action.method} ${new URL(action.target).pathname}`);
  // A redirectable host is a risk, but the connector works.
  return first.symptom === "redirectable-host" ? warn(first.symptom, first.seen) : fail(first.symptom, first.seen);
}

/** A model on a CPU may need this long for an answer. */
const LEAST_READ_TIMEOUT_SECONDS = 60;

async function readTimeout(scene: Scene): Promise<Outcome> {
  const set = (await scene.connector())?.clientConfig?.readTimeoutSeconds;
  if (set === undefined) return warn("read-timeout", "not set: 30 s from 3.6 on, 30000 s before");
  return set < LEAST_READ_TIMEOUT_SECONDS
    ? warn("read-timeout", `${set} s, which a model on a CPU may exceed`)
    : ok(`${set} s`);
}

async function enabled(scene: Scene): Promise<Outcome> {
  return (await scene.model())?.isEnabled === false ? fail("model-disabled", "is_enabled is false") : ok("yes");
}

async function autoDeploys(scene: Scene): Promise<boolean> {
  const value = await scene.setting("ml:model_auto_deploy.enable");
  return value !== "false" && mayAutoDeploy(await scene.model());
}

async function autoDeploy(scene: Scene): Promise<Outcome> {
  if (await autoDeploys(scene)) return ok("on: a model that is not loaded is, at its first question");
  return warn("auto-deploy-off", "off: after a restart the model answers only once it is deployed again");
}

async function state(scene: Scene): Promise<Outcome> {
  const { modelId = "" } = scene.access;
  const { modelState = "" } = (await scene.model()) ?? {};
  if (modelState === ModelState.deployed) return ok(modelState);
  if (modelState === ModelState.deploying) return warn("model-undeployed", modelState);
  const failed = modelState === ModelState.deployFailed;
  const error = failed ? await lastDeployError(scene.opensearch, modelId) : undefined;
  const seen = error === undefined ? modelState : `${modelState}: ${error}`;
  // With auto-deploy the next question deploys the model, so an undeployed state is only a warning.
  const judged = (await autoDeploys(scene)) && error === undefined ? warn : fail;
  return judged(failed ? "model-deploy-failed" : "model-undeployed", seen, redeploy(scene));
}

/** A problem of a connector's predict action: its symptom, and the observation. */
interface ConnectorFinding {
  readonly symptom: string;
  readonly seen: string;
}

/** Parameters that this package and OpenSearch's own features pass to `_predict`. */
const FILLED_BY_CALLERS = ["prompt", "messages", "input", "texts", "inputText", "options", "system", "question"];

/** Symptoms of lint rules. All other rules mean `invalid-payload`: the model server cannot read the body. */
const SYMPTOMS: Readonly<Partial<Record<LintRule, string>>> = {
  "answer-streams": "ollama-streams",
  "host-from-parameter": "redirectable-host",
  "parameter-not-filled": "placeholder-not-filled",
  "endless-parameter": "placeholder-not-filled",
};

/** Runs the Connector resource's lint on a connector from the server. Errors come before warnings. */
export function lintConnector(connector: ConnectorDocument, action: ConnectorAction): ConnectorFinding[] {
  // The server hides credentials, so assume that every key a template names is set.
  const named = [...JSON.stringify(action).matchAll(/\$\{credential\.([A-Za-z0-9_.-]+)\}/g)].map(
    (match) => match[1] ?? "",
  );
  const findings = lintAction(action, {
    parameters: connector.parameters,
    credential: Object.fromEntries(named.map((name) => [name, "given"])),
    predictParameters: FILLED_BY_CALLERS,
  });
  return findings
    .map(({ rule, path, message }) => ({ symptom: SYMPTOMS[rule] ?? "invalid-payload", seen: `${path} ${message}` }))
    .sort((a, b) => Number(a.symptom === "redirectable-host") - Number(b.symptom === "redirectable-host"));
}
