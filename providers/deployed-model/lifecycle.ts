import { clusterInfo } from "../../clients/opensearch/cluster";
import { getConnector } from "../../clients/opensearch/connectors";
import {
  type FoundModel,
  findModelsDescribed,
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
import { messageOf } from "../../diagnosis/failure";
import { withAutoName } from "../shared/auto-name";
import { checkWith } from "../shared/checking";
import { asWanted, BOOKKEEPING, changedKeys, pick, warnOfDropped } from "../shared/compare";
import { connectionSecrets, explained, nameOf } from "../shared/explain";
import { onHomeCluster } from "../shared/home-cluster";
import { type Lifecycle, PartialFailure } from "../shared/lifecycle";
import {
  descriptionOf,
  isTakenOver,
  lateObjectWarning,
  type Mark,
  markIn,
  markOf,
  newInstance,
  nothingToAdopt,
  parseDescription,
} from "../shared/ownership";
import { isInState, notInState, oneAtATime } from "../shared/run-memory";
import { sharedServer } from "../shared/shared-server";
import { timeoutMilliseconds } from "../shared/timeouts";
import { awaitDeployed, awaitSettled, ensureDeployed, ModelState, undeploy, undeployAndDelete } from "./deployment";
import { type DeployedModelInputs, type DeployedModelState, deployedModelSchema } from "./inputs";
import { findModelsOf, removeLeftOver, requireUnused } from "./left-over";
import { probe } from "./probe";

const SCHEMA_VERSION = 1;
/** Fields that the server stores and that a PUT can change. */
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

/** A remote model, registered and deployed. Never replaced, since callers use its id. */
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
  const server = sharedServer(inputs.connection);
  const deadline = Deadline.after(timeoutMilliseconds(inputs.timeouts, "createSeconds"));
  const { clusterUuid } = await clusterInfo(server);
  if (inputs.adoptId !== undefined) return await adopt(server, inputs.adoptId, inputs, clusterUuid);
  const instance = newInstance();
  const id = await registerOrTakeOver(server, inputs, markOf(inputs, instance), clusterUuid, deadline);
  const made = (modelState: string, deployed: boolean): DeployedModelState => {
    return { ...inputs, deployed, clusterUuid, instance, modelState, schemaVersion: SCHEMA_VERSION };
  };
  if (!inputs.deployed) return { id, state: made(ModelState.registered, false) };
  try {
    await awaitDeployed(server, id, nameOf(inputs), deadline);
    await probe(server, id, inputs, deadline);
  } catch (error) {
    throw new PartialFailure(id, made(ModelState.registered, false), error);
  }
  return { id, state: made(ModelState.deployed, true) };
}

/** Stores the model's current values, so that the next diff shows where the program differs. */
async function adopt(server: OpenSearchServer, id: string, inputs: DeployedModelInputs, clusterUuid: string) {
  const model = await getModel(server, id);
  if (model === undefined) throw nothingToAdopt("model", id, server.endpoint);
  const { instance } = markIn(model) ?? {};
  return {
    id,
    state: seenIn(model, { ...inputs, clusterUuid, instance, modelState: "", schemaVersion: SCHEMA_VERSION }),
  };
}

/**
 * Registers one model at a time per group: the server counts versions in the group's document and refuses concurrent
 * registrations.
 */
async function registerOrTakeOver(
  server: OpenSearchServer,
  inputs: DeployedModelInputs,
  mark: Mark | undefined,
  clusterUuid: string,
  deadline: Deadline,
): Promise<string> {
  const fields = fieldsOf(inputs, mark);
  const [first, ...others] = await leftOvers(server, inputs, mark);
  for (const { id } of others) if (!isInState(id)) await removeLeftOver(server, id, titleOf(inputs), deadline);
  if (first !== undefined && canBecome(first.model, inputs)) {
    report(`${titleOf(inputs)}: takes over ${first.id}, which an interrupted run left`);
    await awaitSettled(server, first.id, deadline);
    const enabled = first.model.isEnabled === false && inputs.isEnabled === undefined ? { isEnabled: true } : {};
    await updateModel(server, first.id, { ...fields, ...enabled }, deadline);
    if (inputs.deployed) await ensureDeployed(server, first.id, nameOf(inputs), deadline);
    return first.id;
  }
  if (first !== undefined) await removeLeftOver(server, first.id, titleOf(inputs), deadline);
  const register = () => registerModel(server, fields, { deploy: inputs.deployed, deadline });
  try {
    return await oneAtATime(`${clusterUuid}/${inputs.modelGroupId}`, register);
  } catch (error) {
    const made = await findModelsOf(server, mark).catch(() => []);
    const arrived = made.find(({ model }) => markIn(model)?.instance === mark?.instance);
    if (arrived === undefined) throw error;
    return arrived.id;
  }
}

/** The fields to send. */
function fieldsOf(inputs: DeployedModelInputs, mark: Mark | undefined): ModelFields {
  return { ...pick(inputs, WRITTEN), description: descriptionOf(inputs, mark) };
}

/**
 * Models that interrupted runs of this resource left. Marks of releases up to 0.2 contain no stack, and exist only if
 * the program gave no description. Such a model counts if it has the wanted name and connector.
 */
async function leftOvers(
  server: OpenSearchServer,
  inputs: DeployedModelInputs,
  mark: Mark | undefined,
): Promise<FoundModel[]> {
  if (mark === undefined) return [];
  return (await findModelsDescribed(server, mark.owner)).filter(({ model }) => {
    const found = markIn(model);
    if (found?.owner !== mark.owner) return false;
    const isEarlier = found.stack === undefined && model.name === inputs.name;
    return found.stack === mark.stack || (isEarlier && model.connectorId === inputs.connectorId);
  });
}

/** Fields that the server cannot remove once they are set. */
const NOT_REMOVABLE = ["rateLimiter", "guardrails", "deploySetting"] as const;

/**
 * Whether an update can turn a model into the wanted one. `interface` may be the server's own, made from the connector.
 */
function canBecome(model: ModelDocument, inputs: DeployedModelInputs): boolean {
  return NOT_REMOVABLE.every((key) => model[key] === undefined || inputs[key] !== undefined);
}

const titleOf = (inputs: DeployedModelInputs): string => `DeployedModel ${nameOf(inputs)}`;

async function read(id: string, state: DeployedModelState) {
  const server = sharedServer(state.connection);
  const model = await getModel(server, id);
  if (model === undefined) return undefined;
  await warnOfOthers(server, id, state);
  const seen = seenIn(model, state);
  const { clusterUuid: _c, instance: _i, schemaVersion: _v, modelState: _s, ...inputs } = seen;
  return { state: seen, inputs };
}

/** Warns of models from late requests: they may arrive after the next run has searched for left-overs. */
async function warnOfOthers(server: OpenSearchServer, id: string, state: DeployedModelState): Promise<void> {
  for (const other of await findOthers(server, id, state)) {
    report(`warning: ${titleOf(state)}: ${lateObjectWarning(`the model ${other.id}`)}`);
  }
}

/** Models with the mark of this resource that are not in the state. */
async function findOthers(server: OpenSearchServer, id: string, state: DeployedModelState): Promise<FoundModel[]> {
  return notInState(await findModelsOf(server, markOf(state, state.instance)), id);
}

/** The state with the server's values of the fields that the program set; the server fills in the others. */
function seenIn(model: ModelDocument, state: DeployedModelState): DeployedModelState {
  const { description = "" } = parseDescription(model.description);
  const found: Record<string, unknown> = { ...model, description };
  const tracked = WRITTEN.filter((key) => state[key] !== undefined);
  const seen = Object.fromEntries(tracked.map((key) => [key, asWanted(state[key], found[key])]));
  return { ...state, ...seen, deployed: model.modelState === ModelState.deployed, modelState: model.modelState };
}

async function update(id: string, olds: DeployedModelState, news: DeployedModelInputs): Promise<DeployedModelState> {
  const server = sharedServer(news.connection);
  const deadline = Deadline.after(timeoutMilliseconds(news.timeouts, "updateSeconds"));
  await awaitSettled(server, id, deadline);
  const moved = olds.connectorId !== news.connectorId;
  if (moved) await requireConnector(server, news.connectorId);
  const changed = changedKeys(olds, news, WRITTEN);
  const changes = pick(fieldsOf(news, markOf(news, olds.instance)), changed);
  // A PUT of the same connector makes a deployed model read the cluster's settings again, without downtime (3.4.0).
  const reread = changedKeys(olds, news, ["settingsRevision"]).length > 0;
  // Dropping `isEnabled: false` enables the model again, as the default is true.
  const enabled = olds.isEnabled === false && news.isEnabled === undefined ? { isEnabled: true } : {};
  const fields: ModelFields = { ...changes, ...enabled, ...(reread ? { connectorId: news.connectorId } : {}) };
  warnOfDropped("DeployedModel", olds, news, ["rateLimiter", "guardrails", "interface", "deploySetting"]);
  if (Object.keys(fields).length > 0) await updateModel(server, id, fields, deadline);
  const state = { clusterUuid: olds.clusterUuid, instance: olds.instance, schemaVersion: SCHEMA_VERSION };
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
    throw await restoreConnector(server, id, olds, news, error);
  }
  return { ...news, ...state, modelState: ModelState.deployed };
}

/**
 * Pause between a PUT of the connector and the probe. The nodes switch after the PUT was answered, and until then the
 * old connector would answer the probe. They took 22 ms at most in 20 switches (3.4.0).
 */
const SWAP_MILLISECONDS = 250;

/** The server accepts a missing connector, keeps using the old one, and fails at the next deployment. */
async function requireConnector(server: OpenSearchServer, connectorId: string): Promise<void> {
  if ((await getConnector(server, connectorId)) !== undefined) return;
  throw new ExplainedError({
    what: `There is no connector ${connectorId} on this cluster.`,
    cause: "connectorId names a connector that was deleted, or that is on another cluster.",
    fix: "Refer to a Connector by its .id, and run pulumi up --refresh.",
  });
}

/** Deadline for restoring the old connector. Starts when the update has failed. */
const RESTORE_MILLISECONDS = 60_000;

/**
 * Restores the old connector, which worked, after the model did not answer through the new one. Returns the error to
 * throw.
 */
async function restoreConnector(
  server: OpenSearchServer,
  id: string,
  olds: DeployedModelState,
  news: DeployedModelInputs,
  failure: unknown,
): Promise<unknown> {
  const deadline = Deadline.after(RESTORE_MILLISECONDS);
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
    const { clusterUuid, instance, schemaVersion } = olds;
    const state = { ...news, connectorId, clusterUuid, instance, schemaVersion, deployed: false, modelState: "" };
    return new PartialFailure(id, state, failure);
  }
}

async function remove(id: string, state: DeployedModelState): Promise<void> {
  const server = sharedServer(state.connection);
  const deadline = Deadline.after(timeoutMilliseconds(state.timeouts, "deleteSeconds"));
  const model = await getModel(server, id);
  if (model === undefined) return;
  if (isTakenOver(markIn(model), state)) {
    report(`${titleOf(state)}: ${id} belongs to a newer resource now and is not deleted`);
    return;
  }
  if (!state.forceDelete) {
    await requireUnused(server, id, "set forceDelete: true and run pulumi up before pulumi destroy");
  }
  const left = await findOthers(server, id, state);
  await undeployAndDelete(server, id, model.modelState, deadline);
  for (const other of left) await removeLeftOver(server, other.id, titleOf(state), deadline);
}
