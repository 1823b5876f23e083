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
import { checkWith, firstOf } from "../shared/checking";
import { BOOKKEEPING, changedKeys, shortHash } from "../shared/compare";
import { connectionSecrets, explained, nameOf } from "../shared/explain";
import { onHomeCluster } from "../shared/home-cluster";
import type { CheckFailure, Lifecycle } from "../shared/lifecycle";
import { isTakenOver, leftBeside, newInstance, nothingToAdopt, stackMark } from "../shared/ownership";
import { hasAnother, notNamed, sharedServer } from "../shared/run-memory";
import { timeoutMilliseconds } from "../shared/timeouts";
import { isUnknown } from "../shared/unknown";
import { type Gated, requireVersion } from "../shared/version-gate";
import { bodyOf, connectorAsSeen } from "./body";
import { type ConnectorInputs, type ConnectorState, connectorSchema, OWNER_PARAMETER } from "./inputs";
import { type ConnectorMark, findUnused, markIn, markText, removeOthers, takeOver } from "./left-over";
import { lintAction } from "./template";

const SCHEMA_VERSION = 1;
const BODY = ["name", "description", "version", "protocol", "parameters", "credential", "actions", "clientConfig"];
const IN_PLACE = [...BOOKKEEPING, "predictParameters", "trustedEndpoints"];

/**
 * A connector is replaced, never edited: the server merges edits (a parameter or credential key can never be removed)
 * and refuses them while a deployed model uses the connector. The engine makes the new one first, the model moves to
 * it, and the old one goes last.
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
  return { inputs, failures: failures.length > 0 ? failures : firstOf(lint(inputs)) };
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
  // Compared as they are sent: writing a default out changes nothing.
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

/** What the facts of each version say is dropped silently: action names and `skip_ssl_verification` came with 3.5. */
function gates({ actions, clientConfig }: ConnectorInputs): Gated[] {
  const skips = clientConfig?.skipSslVerification !== undefined;
  return [
    { property: "clientConfig.skipSslVerification", used: skips, since: "3.5" },
    ...actions.map(({ name }, i) => ({ property: `actions.${i}.name`, used: name !== undefined, since: "3.5" })),
  ];
}

/** Takes the connector as it is, so that the next diff tells where the program wants it different. */
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
  // One in use is never taken: in a replacement the live one has the same owner.
  const left = (await findUnused(server, inputs)).find(
    ({ connector, mark: found }) => found.fingerprint === mark.fingerprint && isAsWanted(connector, inputs),
  );
  const isTaken = left !== undefined && (await takeOver(server, left.id, mark, body.credential));
  if (isTaken) report(`${titleOf(inputs)}: takes over ${left.id}, which an interrupted run left`);
  const marked = { ...body, parameters: { ...body.parameters, [OWNER_PARAMETER]: markText(mark) } };
  const id = isTaken ? left.id : await make(server, marked, inputs, mark);
  // Looked for anew: a request of a killed run may have arrived meanwhile.
  await removeOthers(server, id, inputs, titleOf(inputs));
  return id;
}

/** False for one that somebody edited since; the mark tells only how it was made. */
function isAsWanted(found: ConnectorDocument, inputs: ConnectorInputs): boolean {
  return changedKeys(bodyOf({ ...inputs, ...connectorAsSeen(inputs, found) }), bodyOf(inputs), BODY).length === 0;
}

async function make(
  server: OpenSearchServer,
  body: ConnectorBody,
  inputs: ConnectorInputs,
  mark: ConnectorMark,
): Promise<string> {
  try {
    return await createConnector(server, body, Deadline.after(timeoutMilliseconds(inputs.timeouts, "createSeconds")));
  } catch (error) {
    const lost = error instanceof UnreachableError && error.mayHaveArrived;
    const arrived = lost ? await findUnused(server, inputs) : [];
    const made = arrived.find((each) => each.mark.instance === mark.instance);
    if (made === undefined) throw error;
    return made.id;
  }
}

const titleOf = (inputs: ConnectorInputs): string => `Connector ${nameOf(inputs)}`;

/**
 * What makes two connectors of one owner the same. Of the credential only its keys: its values must not leave a trace
 * in the open, and a key that is dropped would stay on a connector that is taken over, since the server merges.
 */
function fingerprint(body: ConnectorBody): string {
  const { credential, ...rest } = body;
  return shortHash({ ...rest, credential: Object.keys(credential).sort() });
}

async function read(id: string, state: ConnectorState) {
  const server = sharedServer(state.connection);
  const found = await getConnector(server, id);
  if (found === undefined) return undefined;
  for (const other of notNamed(await findUnused(server, state), id)) {
    report(`warning: ${titleOf(state)}: ${leftBeside(`the connector ${other.id}`)}`);
  }
  const seen = { ...state, ...connectorAsSeen(state, found) };
  const { clusterUuid: _c, instance: _i, schemaVersion: _v, ...inputs } = seen;
  return { state: seen, inputs };
}

/** Reached only when nothing of the connector itself changed: how to reach the cluster, how long to wait. */
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
    report(`${titleOf(state)}: ${id} belongs to a newer resource by now and stays`);
    return;
  }
  const deadline = Deadline.after(timeoutMilliseconds(state.timeouts, "deleteSeconds"));
  const removal: Removal = { server, id, state, stack: mark?.stack ?? stackMark(state), deadline };
  await waitFor(() => tryDelete(removal), { waitingFor: `connector ${id} to be free`, deadline });
  if (!hasAnother(state.owner, id)) await removeOthers(server, id, state, titleOf(state));
}

interface Removal {
  readonly server: OpenSearchServer;
  readonly id: string;
  readonly state: ConnectorState;
  readonly stack: string;
  readonly deadline: Deadline;
}

const NAMED = /: \[(.*)\]/;
/** How long the server's search may still show a model that was deleted or moved (ml-commons #1567). */
const LAG_MILLISECONDS = 5_000;

/**
 * Whatever of the state uses a connector is gone before the connector, or has moved to the one that replaces it. A model
 * of this stack that uses it all the same was left by an interrupted run.
 */
async function tryDelete({ server, id, state, stack, deadline }: Removal): Promise<Look<true>> {
  try {
    await deleteConnector(server, id);
    return { done: true };
  } catch (error) {
    if (!countsAsUsed(error)) throw error;
    const named = NAMED.exec(error.reason)?.[1];
    if (named === undefined) throw error;
    const left = hasAnother(state.owner, id) ? [] : leftBy(stack, await findModelsByConnector(server, id));
    for (const model of left) await removeLeftOver(server, model.id, titleOf(state), deadline);
    const users = await realUsers(server, id, named.split(/,\s*/));
    const patience = deadline.seconds * 1000 - deadline.remainingMilliseconds < LAG_MILLISECONDS;
    if (patience && !deadline.passed) return { last: error.reason };
    if (users.length > 0) throw error;
    falselyInUse(id, state);
    return { done: true };
  }
}

/** Of the models that the server names those that really use the connector. */
async function realUsers(server: OpenSearchServer, id: string, modelIds: readonly string[]): Promise<string[]> {
  const models = await Promise.all(
    modelIds.map(async (modelId) => ({ modelId, model: await getModel(server, modelId) })),
  );
  return models.filter(({ model }) => model?.connectorId === id).map(({ modelId }) => modelId);
}

function falselyInUse(id: string, state: ConnectorState): void {
  report(
    `warning: ${titleOf(state)}: ${id} stays on the server, which takes it for used: it compares ids word by word, cut at ` +
      `every "-", and none of the models that it names uses this one. Delete it when those models are gone: ` +
      `DELETE /_plugins/_ml/connectors/${id}`,
  );
}
