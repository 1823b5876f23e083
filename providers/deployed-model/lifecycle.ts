import { ServerError } from "../../clients/errors";
import { oneAtATime } from "../../clients/lock";
import { clusterInfo } from "../../clients/opensearch/cluster";
import { openSearch } from "../../clients/opensearch/connect";
import { getConnector } from "../../clients/opensearch/connectors";
import { usersOfModel } from "../../clients/opensearch/model-users";
import {
  findModelsByConnector,
  getModel,
  type ModelDocument,
  type ModelFields,
  registerModel,
  updateModel,
} from "../../clients/opensearch/models";
import type { OpenSearchServer } from "../../clients/opensearch/server";
import { report } from "../../clients/report";
import { Deadline } from "../../clients/wait";
import { ExplainedError } from "../../diagnosis/explained-error";
import { nothingToAdopt } from "../adopt";
import { asWanted } from "../as-wanted";
import { described, withAutoName } from "../auto-name";
import { checkWith } from "../checking";
import { BOOKKEEPING, changedKeys, pick } from "../compare";
import { takeNewborn } from "../connector/newborn";
import { warnOfDropped } from "../dropped";
import { explained, nameOf } from "../explain";
import { onHomeCluster } from "../home-cluster";
import { type Lifecycle, PartialFailure } from "../lifecycle";
import { connectionSecrets } from "../open-search-secrets";
import { timeoutMilliseconds } from "../timeouts";
import { awaitDeployed, awaitSettled, ensureDeployed, ModelState, undeploy, undeployAndDelete } from "./deployment";
import { type DeployedModelInputs, type DeployedModelState, deployedModelSchema } from "./inputs";
import { probe, question } from "./probe";

const SCHEMA_VERSION = 1;
/** What the server keeps of a model and takes back in a PUT. */
const WRITTEN = [
  "name",
  "description",
  "modelGroupId",
  "connectorId",
  "isEnabled",
  "rateLimiter",
  "guardrails",
  "interface",
  "deploySetting",
] as const;
const KEYS = [...WRITTEN, ...BOOKKEEPING, "settingsRevision", "deployed", "probe", "forceDelete"];

/** A remote model, registered and deployed. Nothing replaces it: consumers hold its id. */
export const deployedModelLifecycle: Lifecycle<DeployedModelInputs, DeployedModelState> = explained(
  "DeployedModel",
  onHomeCluster("DeployedModel", { check, diff, create, read, update, delete: remove }),
  connectionSecrets,
);

function check(news: unknown, olds: unknown) {
  const failures = checkWith(deployedModelSchema, news);
  const named = withAutoName(news as DeployedModelInputs, olds as Partial<DeployedModelInputs>);
  return { inputs: { ...named, deployed: named.deployed ?? true }, failures };
}

function diff(_id: string, olds: DeployedModelState, news: DeployedModelInputs) {
  return { changes: changedKeys(olds, news, KEYS).length > 0 };
}

async function create(inputs: DeployedModelInputs) {
  const server = openSearch(inputs.connection);
  const deadline = Deadline.after(timeoutMilliseconds(inputs.timeouts, "createSeconds"));
  const { clusterUuid } = await clusterInfo(server);
  if (inputs.adoptId !== undefined) return await adopt(server, inputs.adoptId, inputs, clusterUuid);
  const id = await registerOrAdopt(server, inputs, clusterUuid, deadline);
  const made = (modelState: string, deployed: boolean): DeployedModelState => {
    return { ...inputs, deployed, clusterUuid, modelState, schemaVersion: SCHEMA_VERSION };
  };
  if (!inputs.deployed) return { id, state: made(ModelState.registered, false) };
  // Its connector is read meanwhile. A failure of that counts when the model is to be asked.
  const asked = question(server, inputs);
  asked.catch(() => undefined);
  try {
    await awaitDeployed(server, id, nameOf(inputs), deadline);
    await probe(server, id, inputs, deadline, asked);
  } catch (error) {
    throw new PartialFailure(id, made(ModelState.registered, false), error);
  }
  return { id, state: made(ModelState.deployed, true) };
}

/** Takes the model as it is, so that the next diff tells where the program wants it different. */
async function adopt(server: OpenSearchServer, id: string, inputs: DeployedModelInputs, clusterUuid: string) {
  const model = await getModel(server, id);
  if (model === undefined) throw nothingToAdopt("model", id, server.endpoint);
  return { id, state: seenIn(model, { ...inputs, clusterUuid, modelState: "", schemaVersion: SCHEMA_VERSION }) };
}

/** One registration at a time for each group: the server counts versions in the group's document and refuses races. */
async function registerOrAdopt(
  server: OpenSearchServer,
  inputs: DeployedModelInputs,
  clusterUuid: string,
  deadline: Deadline,
): Promise<string> {
  const wanted = described(inputs);
  const fields = pick(wanted, WRITTEN);
  const orphan = takeNewborn(inputs.connectorId) ? undefined : await findOrphan(server, wanted);
  if (orphan === undefined) {
    const register = () => registerModel(server, fields, { deploy: inputs.deployed, deadline });
    try {
      return await oneAtATime(`${clusterUuid}/${inputs.modelGroupId}`, register);
    } catch (error) {
      const arrived = await findOrphan(server, wanted).catch(() => undefined);
      if (arrived === undefined) throw error;
      return arrived;
    }
  }
  report(`DeployedModel ${nameOf(inputs)}: takes over ${orphan}, which an interrupted run left`);
  await awaitSettled(server, orphan, deadline);
  await updateModel(server, orphan, fields, deadline);
  if (inputs.deployed) await ensureDeployed(server, orphan, nameOf(inputs), deadline);
  return orphan;
}

/** A model on our connector, in our group, under our name and description: made by a run that was interrupted. */
async function findOrphan(server: OpenSearchServer, inputs: DeployedModelInputs): Promise<string | undefined> {
  const models = await findModelsByConnector(server, inputs.connectorId);
  return models.find(
    ({ model }) =>
      model.name === inputs.name &&
      model.description === inputs.description &&
      model.modelGroupId === inputs.modelGroupId,
  )?.id;
}

async function read(id: string, state: DeployedModelState) {
  const model = await getModel(openSearch(state.connection), id);
  if (model === undefined) return undefined;
  const seen = seenIn(model, state);
  const { clusterUuid: _c, schemaVersion: _v, modelState: _s, ...inputs } = seen;
  return { state: seen, inputs };
}

/** The state as the server shows it. Only what the program set is compared: the server fills in the rest. */
function seenIn(model: ModelDocument, state: DeployedModelState): DeployedModelState {
  const found = { ...model, description: model.description ?? "" } as Record<string, unknown>;
  const tracked = WRITTEN.filter((key) => state[key] !== undefined);
  const seen = Object.fromEntries(tracked.map((key) => [key, asWanted(state[key], found[key])]));
  return { ...state, ...seen, deployed: model.modelState === ModelState.deployed, modelState: model.modelState };
}

async function update(id: string, olds: DeployedModelState, news: DeployedModelInputs): Promise<DeployedModelState> {
  const server = openSearch(news.connection);
  const deadline = Deadline.after(timeoutMilliseconds(news.timeouts, "updateSeconds"));
  await awaitSettled(server, id, deadline);
  const moved = olds.connectorId !== news.connectorId;
  if (moved) await requireConnector(server, news.connectorId);
  const changed: ModelFields = pick(
    news,
    WRITTEN.filter((key) => changedKeys(olds, news, [key]).length > 0),
  );
  // A PUT of the same connector makes a deployed model read the cluster's settings anew, without a gap (3.4.0).
  const reread = changedKeys(olds, news, ["settingsRevision"]).length > 0;
  // A model that is no longer said to be disabled is enabled, as it would be without that input from the start.
  const enabled = olds.isEnabled === false && news.isEnabled === undefined ? { isEnabled: true } : {};
  const fields = { ...changed, ...enabled, ...(reread ? { connectorId: news.connectorId } : {}) };
  warnOfDropped("DeployedModel", olds, news, ["rateLimiter", "guardrails", "interface", "deploySetting"]);
  if (Object.keys(fields).length > 0) await updateModel(server, id, fields, deadline);
  const state = { clusterUuid: olds.clusterUuid, schemaVersion: SCHEMA_VERSION };
  if (!news.deployed) {
    if (olds.deployed) await undeploy(server, id, deadline);
    return { ...news, ...state, modelState: olds.deployed ? ModelState.undeployed : olds.modelState };
  }
  try {
    await ensureDeployed(server, id, nameOf(news), deadline);
    if (moved || reread) await deadline.pause(SWAP_MILLISECONDS);
    if (moved || reread || !olds.deployed) await probe(server, id, news, deadline);
  } catch (error) {
    if (!moved || !olds.deployed)
      throw new PartialFailure(id, { ...news, ...state, deployed: false, modelState: "" }, error);
    throw await movedBack(server, id, olds, news, error);
  }
  return { ...news, ...state, modelState: ModelState.deployed };
}

/**
 * How long a probe waits after a PUT that changes how a deployed model predicts: the nodes take it over behind the
 * answer, and until then the old connector would answer the probe. 22 ms was the most seen in 20 swaps (3.4.0).
 */
const SWAP_MILLISECONDS = 250;

/** The server takes a connector that does not exist, goes on with the old one, and fails at the next deployment. */
async function requireConnector(server: OpenSearchServer, connectorId: string): Promise<void> {
  if ((await getConnector(server, connectorId)) !== undefined) return;
  throw new ExplainedError({
    what: `There is no connector ${connectorId} on this cluster.`,
    cause: "connectorId names a connector that was deleted, or that is on another cluster.",
    fix: "Refer to a Connector by its .id, and run pulumi up --refresh.",
  });
}

/** How long putting the old connector back may take after the deadline of the update itself. */
const WAY_BACK_MILLISECONDS = 60_000;

/** The model did not answer through its new connector: the old one, which did, is put back, so that callers are served. */
async function movedBack(
  server: OpenSearchServer,
  id: string,
  olds: DeployedModelState,
  news: DeployedModelInputs,
  failure: unknown,
): Promise<unknown> {
  const deadline = Deadline.after(WAY_BACK_MILLISECONDS);
  let connectorId = news.connectorId;
  try {
    await updateModel(server, id, { connectorId: olds.connectorId }, deadline);
    connectorId = olds.connectorId;
    await ensureDeployed(server, id, nameOf(news), deadline);
    await deadline.pause(SWAP_MILLISECONDS);
    await probe(server, id, olds, deadline);
    report(`DeployedModel ${nameOf(news)}: the new connector did not answer; the previous one is back in use`);
    return failure;
  } catch (error) {
    report(`DeployedModel ${nameOf(news)}: the previous connector does not answer either: ${messageOf(error)}`);
    const { clusterUuid, schemaVersion } = olds;
    const state = { ...news, connectorId, clusterUuid, schemaVersion, deployed: false, modelState: "" };
    return new PartialFailure(id, state, failure);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function remove(id: string, state: DeployedModelState): Promise<void> {
  const server = openSearch(state.connection);
  const deadline = Deadline.after(timeoutMilliseconds(state.timeouts, "deleteSeconds"));
  const asking = state.forceDelete ? Promise.resolve([]) : usersOfModel(server, id).catch(notTold(id));
  // Who uses a model that is gone is of no interest, nor whether that could be told.
  asking.catch(() => undefined);
  const model = await getModel(server, id);
  if (model === undefined) return;
  const users = await asking;
  if (users.length > 0) {
    throw new ExplainedError({
      what: `The model ${id} is still named by ${users.join(", ")}.`,
      cause:
        "Deleting it would break them, and the server itself does not check (safe_delete_model is off by default).",
      fix: "Remove the model from them first, or set forceDelete: true and run pulumi up before pulumi destroy.",
    });
  }
  await undeployAndDelete(server, id, model.modelState, deadline);
}

/** A server that refuses to tell who uses a model has not said that nobody does. */
function notTold(id: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof ServerError)) throw error;
    throw new ExplainedError({
      what: `Whether a pipeline or an agent still names the model ${id} cannot be told: ${error.message}`,
      cause: "The user of this connection may not read them, so deleting the model could break somebody else's.",
      fix: "Give the user the right that is named, or set forceDelete: true and run pulumi up before pulumi destroy.",
    });
  };
}
