import { ServerError, UnreachableError } from "../../clients/errors";
import { clusterInfo } from "../../clients/opensearch/cluster";
import {
  deleteModelGroup,
  findModelGroups,
  getModelGroup,
  holdsModels,
  type ModelGroupDocument,
  type ModelGroupFields,
  registerModelGroup,
  updateModelGroup,
} from "../../clients/opensearch/model-groups";
import { findModelsInGroup } from "../../clients/opensearch/models";
import type { OpenSearchServer } from "../../clients/opensearch/server";
import { report } from "../../clients/report";
import { Deadline, type Look, waitFor } from "../../clients/wait";
import { ExplainedError } from "../../diagnosis/explained-error";
import { leftBy, removeLeftOver } from "../deployed-model/left-over";
import { withAutoName } from "../shared/auto-name";
import { checkWith } from "../shared/checking";
import { BOOKKEEPING, changedKeys, pick, warnOfDropped } from "../shared/compare";
import { connectionSecrets, explained, nameOf } from "../shared/explain";
import { onHomeCluster } from "../shared/home-cluster";
import type { Lifecycle } from "../shared/lifecycle";
import {
  descriptionOf,
  isTakenOver,
  lateObjectWarning,
  type Mark,
  markIn,
  markOf,
  newInstance,
  parseDescription,
  sameResource,
  stackMark,
} from "../shared/ownership";
import { hasOtherObject, isInState, notInState } from "../shared/run-memory";
import { sharedServer } from "../shared/shared-server";
import { timeoutMilliseconds } from "../shared/timeouts";
import { accessOf, contradictions, type ModelGroupInputs, type ModelGroupState, modelGroupSchema } from "./inputs";

const SCHEMA_VERSION = 1;
const ACCESS = ["accessMode", "backendRoles", "addAllBackendRoles"] as const;
const WRITTEN = ["name", "description", ...ACCESS] as const;
const KEYS = [...WRITTEN, ...BOOKKEEPING, "adoptExisting"];
const NAME_TAKEN = /name you provided is already being used by (?:a model group|another model) with ID: ([^\s.]+)/;

/** Everything changes in place: names are unique, so a replacement could not exist beside the old group. */
export const modelGroupLifecycle: Lifecycle<ModelGroupInputs, ModelGroupState> = explained(
  "ModelGroup",
  onHomeCluster("ModelGroup", { check, diff, create, read, update, delete: remove }),
  connectionSecrets,
);

function check(news: unknown, olds: unknown) {
  const failures = checkWith(modelGroupSchema, news);
  const inputs = withAutoName(news as ModelGroupInputs, olds as Partial<ModelGroupInputs>);
  return { inputs, failures: failures.length > 0 ? failures : contradictions({ ...inputs }) };
}

function diff(_id: string, olds: ModelGroupState, news: ModelGroupInputs) {
  return { changes: changedKeys(olds, news, KEYS).length > 0 };
}

async function create(inputs: ModelGroupInputs) {
  const server = sharedServer(inputs.connection);
  const { clusterUuid } = await clusterInfo(server);
  const instance = newInstance();
  const id = await registerOrTakeOver(server, inputs, markOf(inputs, instance));
  return { id, state: { ...inputs, clusterUuid, instance, schemaVersion: SCHEMA_VERSION } };
}

async function registerOrTakeOver(
  server: OpenSearchServer,
  inputs: ModelGroupInputs,
  mark: Mark | undefined,
): Promise<string> {
  const [first, ...others] = await findGroupsOf(server, mark);
  if (first !== undefined) {
    await removeEmpty(server, others, titleOf(inputs));
    return await takeOver(server, first, inputs, mark, "which an interrupted run left");
  }
  try {
    return await register(server, fieldsOf(inputs, mark), mark, titleOf(inputs));
  } catch (refusal) {
    const id = idOfSameName(refusal);
    const group = id === undefined ? undefined : await getModelGroup(server, id);
    if (id === undefined || group === undefined) throw refusal;
    const found = { id, group };
    const marked = markIn(group);
    if (marked?.instance !== undefined && marked.instance === mark?.instance) return id;
    if (inputs.adoptExisting || isFromEarlierRelease(found, mark)) {
      return await takeOver(server, found, inputs, mark, "which has this name already");
    }
    throw marked !== undefined && marked.owner === mark?.owner ? belongsToOtherStack(id, inputs) : refusal;
  }
}

/**
 * Tries again if the answer was lost. If the first request created the group, the second one reports its name as taken.
 */
async function register(
  server: OpenSearchServer,
  fields: ModelGroupFields,
  mark: Mark | undefined,
  title: string,
): Promise<string> {
  try {
    return await registerModelGroup(server, fields);
  } catch (failure) {
    if (!(failure instanceof UnreachableError && failure.mayHaveArrived)) throw failure;
  }
  const id = await registerModelGroup(server, fields);
  // A first request that was still under way did not see the second one's group, so each may have created one.
  const others = (await findGroupsOf(server, mark)).filter((each) => each.id !== id);
  await removeEmpty(server, others, title);
  return id;
}

async function takeOver(
  server: OpenSearchServer,
  { id, group }: FoundGroup,
  inputs: ModelGroupInputs,
  mark: Mark | undefined,
  why: string,
): Promise<string> {
  report(`${titleOf(inputs)}: takes over the group ${id}, ${why}`);
  const fields = fieldsOf(inputs, mark);
  // The name is always sent, since some versions refuse an empty update.
  const description = group.description === fields.description ? undefined : fields.description;
  await updateModelGroup(server, id, { ...fields, description });
  return id;
}

/** The fields to send. */
function fieldsOf(inputs: ModelGroupInputs, mark: Mark | undefined): ModelGroupFields {
  return { name: inputs.name, ...accessOf(inputs), description: descriptionOf(inputs, mark) };
}

interface FoundGroup {
  readonly id: string;
  readonly group: ModelGroupDocument;
}

/** Groups with the mark of this resource, the one with the most models first. */
async function findGroupsOf(server: OpenSearchServer, mark: Mark | undefined): Promise<FoundGroup[]> {
  if (mark === undefined) return [];
  const found = await findModelGroups(server, mark.owner);
  const ours = found.filter(({ group }) => sameResource(markIn(group), mark));
  return ours.sort((a, b) => b.group.latestVersion - a.group.latestVersion);
}

/** Deletes groups that interrupted runs left, except those into which models were registered: they may be in use. */
async function removeEmpty(server: OpenSearchServer, groups: readonly FoundGroup[], title: string): Promise<void> {
  for (const { id, group } of groups) {
    if (isInState(id)) continue;
    if (group.latestVersion > 0) {
      report(`warning: ${title}: the group ${id} has its mark too, but is kept, since models were registered into it`);
      continue;
    }
    report(`${title}: removes the empty group ${id}, which an interrupted run left`);
    await deleteModelGroup(server, id);
  }
}

/** The id of the group that has the name already, from the server's refusal. */
function idOfSameName(error: unknown): string | undefined {
  return error instanceof ServerError ? NAME_TAKEN.exec(error.reason)?.[1] : undefined;
}

/**
 * Whether an interrupted run of a release up to 0.2, whose marks contained no stack, left this group: it has our owner
 * and no models.
 */
function isFromEarlierRelease({ group }: FoundGroup, mark: Mark | undefined): boolean {
  const found = markIn(group);
  return found !== undefined && found.stack === undefined && found.owner === mark?.owner && group.latestVersion === 0;
}

function belongsToOtherStack(id: string, inputs: ModelGroupInputs): ExplainedError {
  return new ExplainedError({
    what: `The group ${id} has the name ${JSON.stringify(inputs.name)} already, and belongs to a stack of the same project and name.`,
    cause: "That stack is kept in another Pulumi backend, or on another machine. Its group is not taken over.",
    fix: "Give this stack another name, or the group a name of its own. If the other stack is gone, set adoptExisting: true.",
  });
}

const titleOf = (inputs: ModelGroupInputs): string => `ModelGroup ${nameOf(inputs)}`;

async function read(id: string, state: ModelGroupState) {
  const server = sharedServer(state.connection);
  const group = await getModelGroup(server, id);
  if (group === undefined) return undefined;
  for (const other of await findOthers(server, id, state)) {
    report(`warning: ${titleOf(state)}: ${lateObjectWarning(`the group ${other.id}`)}`);
  }
  const found: Record<string, unknown> = {
    name: group.name,
    description: parseDescription(group.description).description ?? "",
    accessMode: group.access,
    backendRoles: group.backendRoles,
  };
  // Only fields that the program set are compared. The server fills in the others.
  const tracked = WRITTEN.filter((key) => state[key] !== undefined && found[key] !== undefined);
  const seen = Object.fromEntries(tracked.map((key) => [key, found[key]]));
  const { clusterUuid: _c, instance: _i, schemaVersion: _v, ...inputs } = { ...state, ...seen };
  return { state: { ...state, ...seen }, inputs };
}

/** Groups with the mark of this resource that are not in the state. */
async function findOthers(server: OpenSearchServer, id: string, state: ModelGroupState): Promise<FoundGroup[]> {
  return notInState(await findGroupsOf(server, markOf(state, state.instance)), id);
}

async function update(id: string, olds: ModelGroupState, news: ModelGroupInputs): Promise<ModelGroupState> {
  // The server checks the access fields of each request alone, and they replace all earlier ones. "restricted" without
  // roles is refused even if the group has roles (3.6.0).
  const together = changedKeys(olds, news, ACCESS).length > 0 ? ACCESS : [];
  const changed = changedKeys(olds, news, WRITTEN);
  const fields = pick(fieldsOf(news, markOf(news, olds.instance)), [...changed, ...together]);
  const { name, owner } = news;
  const access = accessOf(news);
  if (Object.keys(access).length === 0) warnOfDropped("ModelGroup", accessOf(olds), { name, owner }, ACCESS);
  if (Object.keys(fields).length > 0) await updateModelGroup(sharedServer(news.connection), id, fields);
  const { clusterUuid, instance } = olds;
  return { ...news, clusterUuid, instance, schemaVersion: SCHEMA_VERSION };
}

async function remove(id: string, state: ModelGroupState): Promise<void> {
  const server = sharedServer(state.connection);
  const group = await getModelGroup(server, id);
  if (group === undefined) return;
  if (isTakenOver(markIn(group), state)) {
    report(`${titleOf(state)}: ${id} belongs to a newer resource now and is not deleted`);
    return;
  }
  const left = await findOthers(server, id, state);
  await deleteWithLeftOvers(server, id, state, markIn(group)?.stack ?? stackMark(state));
  await removeEmpty(server, left, titleOf(state));
}

/**
 * Deletes a group and the models of this stack that are still in it. The engine has already deleted the models in the
 * state, since they depend on the group, so an interrupted run left these.
 */
async function deleteWithLeftOvers(
  server: OpenSearchServer,
  id: string,
  state: ModelGroupState,
  stack: string,
): Promise<void> {
  const deadline = Deadline.after(timeoutMilliseconds(state.timeouts, "deleteSeconds"));
  const started = performance.now();
  const look = async (): Promise<Look<true>> => {
    try {
      await deleteModelGroup(server, id);
      return { done: true };
    } catch (error) {
      if (!holdsModels(error)) throw error;
      const left = hasOtherObject(state.owner, id) ? [] : leftBy(stack, await findModelsInGroup(server, id));
      for (const model of left) await removeLeftOver(server, model.id, titleOf(state), deadline);
      const patient = left.length > 0 || performance.now() - started < LAG_MILLISECONDS;
      if (!patient || deadline.passed) throw error;
      return { last: error.reason };
    }
  };
  await waitFor(look, { waitingFor: `the models of group ${id} to be gone`, deadline });
}

/**
 * How long the server may still count a deleted model: its check uses a search that lags behind, by one second at most
 * in what was seen (ml-commons #1567).
 */
const LAG_MILLISECONDS = 5_000;
