import { UnreachableError } from "../../clients/errors";
import { clusterInfo } from "../../clients/opensearch/cluster";
import {
  type ConnectorBody,
  type ConnectorDocument,
  countsAsUsed,
  createConnector,
  deleteConnector,
  getConnector,
} from "../../clients/opensearch/connectors";
import { findModelsByConnector, getModel } from "../../clients/opensearch/models";
import type { OpenSearchServer } from "../../clients/opensearch/server";
import { report } from "../../clients/report";
import { Deadline, type Look, waitFor } from "../../clients/wait";
import { leftBy, removeLeftOver } from "../deployed-model/left-over";
import { ownerDescription, withAutoName } from "../shared/auto-name";
import { checkWith, firstFailures } from "../shared/checking";
import { BOOKKEEPING, changedKeys, shortHash } from "../shared/compare";
import { connectionSecrets, explained, nameOf } from "../shared/explain";
import { onHomeCluster } from "../shared/home-cluster";
import type { CheckFailure, Lifecycle } from "../shared/lifecycle";
import { isTakenOver, lateObjectWarning, newInstance, nothingToAdopt, stackMark } from "../shared/ownership";
import { hasOtherObject, notInState } from "../shared/run-memory";
import { sharedServer } from "../shared/shared-server";
import { timeoutMilliseconds } from "../shared/timeouts";
import { isUnknown } from "../shared/unknown";
import { type Gated, requireVersion } from "../shared/version-gate";
import { bodyOf, connectorAsSeen } from "./body";
import { type ConnectorInputs, type ConnectorState, connectorSchema, OWNER_PARAMETER } from "./inputs";
import { type ConnectorMark, findUnusedConnectors, markIn, markText, removeOthers, takeOver } from "./left-over";
import { lintAction } from "./template";

const SCHEMA_VERSION = 1;
const BODY = ["name", "description", "version", "protocol", "parameters", "credential", "actions", "clientConfig"];
const IN_PLACE = [...BOOKKEEPING, "predictParameters", "trustedEndpoints"];

/**
 * A connector is replaced, never updated: the server merges updates, so a parameter or credential key could never be
 * removed, and it refuses updates while a deployed model uses the connector. The engine creates the new connector, then
 * the model switches to it, then the old connector is deleted.
 */
export const connectorLifecycle: Lifecycle<ConnectorInputs, ConnectorState> = explained(
  "Connector",
  onHomeCluster("Connector", { check, diff, create, read, update, delete: remove }),
  (properties) => [
    ...connectionSecrets(properties),
    ...Object.values((properties as Partial<ConnectorInputs>).credential ?? {}),
  ],
);

function check(news: unknown, olds: unknown) {
  const failures = checkWith(connectorSchema, news);
  const inputs = withAutoName(news as ConnectorInputs, olds as Partial<ConnectorInputs>);
  return { inputs, failures: failures.length > 0 ? failures : firstFailures(lint(inputs)) };
}

function lint(inputs: ConnectorInputs): CheckFailure[] {
  const { actions, parameters = {}, credential = {}, predictParameters, trustedEndpoints } = inputs;
  if (isUnknown(actions) || isUnknown(parameters)) return [];
  return actions.flatMap((action, i) =>
    lintAction(action, { parameters, credential, predictParameters, trustedEndpoints }).map(({ path, message }) => ({
      property: "actions",
      reason: `actions.${i}.${path} ${message}.`,
    })),
  );
}

function diff(_id: string, olds: ConnectorState, news: ConnectorInputs) {
  // Compares request bodies, so adding an input with its default value is no change.
  const replaces = changedKeys(bodyOf(olds), bodyOf(news), BODY);
  return { changes: replaces.length > 0 || changedKeys(olds, news, IN_PLACE).length > 0, replaces };
}

async function create(inputs: ConnectorInputs) {
  const server = sharedServer(inputs.connection);
  const info = await clusterInfo(server);
  const { clusterUuid } = info;
  const instance = newInstance();
  const made = { ...inputs, clusterUuid, instance, schemaVersion: SCHEMA_VERSION };
  if (inputs.adoptId !== undefined) return await adopt(server, inputs.adoptId, made);
  requireVersion(info, gates(inputs));
  const id = await createOrTakeOver(server, inputs, instance);
  return { id, state: made };
}

/** Action names and `skip_ssl_verification` came with 3.5. Older servers drop them silently. */
function gates({ actions, clientConfig }: ConnectorInputs): Gated[] {
  const skips = clientConfig?.skipSslVerification !== undefined;
  return [
    { property: "clientConfig.skipSslVerification", used: skips, since: "3.5" },
    ...actions.map(({ name }, i) => ({ property: `actions.${i}.name`, used: name !== undefined, since: "3.5" })),
  ];
}

/** Stores the connector's current values, so that the next diff shows where the program differs. */
async function adopt(server: OpenSearchServer, id: string, wanted: ConnectorState) {
  const found = await getConnector(server, id);
  if (found === undefined) throw nothingToAdopt("connector", id, server.endpoint);
  const { instance = wanted.instance } = markIn(found) ?? {};
  return { id, state: { ...wanted, ...connectorAsSeen(wanted, found), instance } };
}

async function createOrTakeOver(server: OpenSearchServer, inputs: ConnectorInputs, instance: string): Promise<string> {
  const { owner = "", description = owner && ownerDescription(owner) } = inputs;
  const body = bodyOf(description === "" ? inputs : { ...inputs, description });
  const mark: ConnectorMark = { owner, stack: stackMark(inputs), fingerprint: fingerprint(body), instance };
  // Only unused ones: during a replacement, the live connector has the same owner.
  const left = (await findUnusedConnectors(server, inputs)).find(
    ({ connector, mark: found }) => found.fingerprint === mark.fingerprint && isAsWanted(connector, inputs),
  );
  const isTaken = left !== undefined && (await takeOver(server, left.id, mark, body.credential));
  if (isTaken) report(`${titleOf(inputs)}: takes over ${left.id}, which an interrupted run left`);
  const marked = { ...body, parameters: { ...body.parameters, [OWNER_PARAMETER]: markText(mark) } };
  const id = isTaken ? left.id : await createMarked(server, marked, inputs, mark);
  // Searches again: a request of a killed run may have arrived meanwhile.
  await removeOthers(server, id, inputs, titleOf(inputs));
  return id;
}

/**
 * Whether a connector still has the wanted body. Its mark only shows how it was created; it may have been edited since.
 */
function isAsWanted(found: ConnectorDocument, inputs: ConnectorInputs): boolean {
  return changedKeys(bodyOf({ ...inputs, ...connectorAsSeen(inputs, found) }), bodyOf(inputs), BODY).length === 0;
}

/** Creates a connector. If the answer was lost, finds the connector by its mark. */
async function createMarked(
  server: OpenSearchServer,
  body: ConnectorBody,
  inputs: ConnectorInputs,
  mark: ConnectorMark,
): Promise<string> {
  try {
    return await createConnector(server, body, Deadline.after(timeoutMilliseconds(inputs.timeouts, "createSeconds")));
  } catch (error) {
    const lost = error instanceof UnreachableError && error.mayHaveArrived;
    const arrived = lost ? await findUnusedConnectors(server, inputs) : [];
    const made = arrived.find((each) => each.mark.instance === mark.instance);
    if (made === undefined) throw error;
    return made.id;
  }
}

const titleOf = (inputs: ConnectorInputs): string => `Connector ${nameOf(inputs)}`;

/**
 * Hash that tells whether a left-over connector has the wanted body. Contains the credential's keys but not its values,
 * whose hash would be readable. The keys count because the server merges updates: a dropped key would survive a
 * take-over.
 */
function fingerprint(body: ConnectorBody): string {
  const { credential, ...rest } = body;
  return shortHash({ ...rest, credential: Object.keys(credential).sort() });
}

async function read(id: string, state: ConnectorState) {
  const server = sharedServer(state.connection);
  const found = await getConnector(server, id);
  if (found === undefined) return undefined;
  for (const other of notInState(await findUnusedConnectors(server, state), id)) {
    report(`warning: ${titleOf(state)}: ${lateObjectWarning(`the connector ${other.id}`)}`);
  }
  const seen = { ...state, ...connectorAsSeen(state, found) };
  const { clusterUuid: _c, instance: _i, schemaVersion: _v, ...inputs } = seen;
  return { state: seen, inputs };
}

/**
 * Only called for changes that are not sent to the server, such as connection and timeouts. Others replace the
 * connector.
 */
async function update(_id: string, olds: ConnectorState, news: ConnectorInputs): Promise<ConnectorState> {
  const { clusterUuid, instance } = olds;
  return { ...news, clusterUuid, instance, schemaVersion: SCHEMA_VERSION };
}

async function remove(id: string, state: ConnectorState): Promise<void> {
  const server = sharedServer(state.connection);
  const found = await getConnector(server, id);
  if (found === undefined) return;
  const mark = markIn(found);
  if (isTakenOver(mark, state)) {
    report(`${titleOf(state)}: ${id} belongs to a newer resource now and is not deleted`);
    return;
  }
  const deadline = Deadline.after(timeoutMilliseconds(state.timeouts, "deleteSeconds"));
  const removal: Removal = { server, id, state, stack: mark?.stack ?? stackMark(state), deadline };
  await waitFor(() => tryDelete(removal), { waitingFor: `connector ${id} to be free`, deadline });
  if (!hasOtherObject(state.owner, id)) await removeOthers(server, id, state, titleOf(state));
}

interface Removal {
  readonly server: OpenSearchServer;
  readonly id: string;
  readonly state: ConnectorState;
  readonly stack: string;
  readonly deadline: Deadline;
}

/** The ids of models in the server's refusal to delete a connector. */
const MODEL_IDS = /: \[(.*)\]/;
/** How long the server's search may still return a deleted or moved model (ml-commons #1567). */
const LAG_MILLISECONDS = 5_000;

/**
 * Deletes a connector, and the models of this stack that still use it. The models in the state have been deleted or
 * have switched to the new connector by now, so an interrupted run left these.
 */
async function tryDelete({ server, id, state, stack, deadline }: Removal): Promise<Look<true>> {
  try {
    await deleteConnector(server, id);
    return { done: true };
  } catch (error) {
    if (!countsAsUsed(error)) throw error;
    const modelIds = MODEL_IDS.exec(error.reason)?.[1];
    if (modelIds === undefined) throw error;
    const left = hasOtherObject(state.owner, id) ? [] : leftBy(stack, await findModelsByConnector(server, id));
    for (const model of left) await removeLeftOver(server, model.id, titleOf(state), deadline);
    const users = await realUsers(server, id, modelIds.split(/,\s*/));
    const mayLag = deadline.seconds * 1000 - deadline.remainingMilliseconds < LAG_MILLISECONDS;
    if (mayLag && !deadline.passed) return { last: error.reason };
    if (users.length > 0) throw error;
    warnFalselyInUse(id, state);
    return { done: true };
  }
}

/** Of the models in the server's refusal, those that really use the connector. */
async function realUsers(server: OpenSearchServer, id: string, modelIds: readonly string[]): Promise<string[]> {
  const models = await Promise.all(
    modelIds.map(async (modelId) => ({ modelId, model: await getModel(server, modelId) })),
  );
  return models.filter(({ model }) => model?.connectorId === id).map(({ modelId }) => modelId);
}

function warnFalselyInUse(id: string, state: ConnectorState): void {
  report(
    `warning: ${titleOf(state)}: ${id} stays on the server, which believes that it is in use: the server compares ids word by word, split at ` +
      `every "-", and none of the models that it names uses this one. Delete it when those models are gone: ` +
      `DELETE /_plugins/_ml/connectors/${id}`,
  );
}
