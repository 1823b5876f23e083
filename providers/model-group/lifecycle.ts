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
  leftBeside,
  type Mark,
  markOf,
  newInstance,
  sameResource,
  stackMark,
  undescribed,
} from "../shared/ownership";
import { hasAnother, isRemembered, notNamed, sharedServer } from "../shared/run-memory";
import { timeoutMilliseconds } from "../shared/timeouts";
import { accessOf, contradictions, type ModelGroupInputs, type ModelGroupState, modelGroupSchema } from "./inputs";

const SCHEMA_VERSION = 1;
const ACCESS = ["accessMode", "backendRoles", "addAllBackendRoles"] as const;
const WRITTEN = ["name", "description", ...ACCESS] as const;
const KEYS = [...WRITTEN, ...BOOKKEEPING, "adoptExisting"];
const NAME_TAKEN = /name you provided is already being used by (?:a model group|another model) with ID: ([^\s.]+)/;

/** A model group: everything changes in place, since names are unique and a second one could not exist beside it. */
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
    return await register(server, written(inputs, mark), mark, titleOf(inputs));
  } catch (refusal) {
    const taken = takenBy(refusal);
    const group = taken === undefined ? undefined : await getModelGroup(server, taken);
    if (taken === undefined || group === undefined) throw refusal;
    const found = { id: taken, group };
    const marked = markIn(group);
    if (marked?.instance !== undefined && marked.instance === mark?.instance) return taken;
    if (inputs.adoptExisting || isEarlier(found, mark)) {
      return await takeOver(server, found, inputs, mark, "which has this name already");
    }
    throw marked !== undefined && marked.owner === mark?.owner ? twin(taken, inputs) : refusal;
  }
}

/** After a lost answer a second try tells whether the group was made: it then meets our own group's name. */
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
  // The first try, still under way, does not see the second one's group; then both have made one.
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
  const fields = written(inputs, mark);
  // The name always, since an empty update is refused by some versions.
  const description = group.description === fields.description ? undefined : fields.description;
  await updateModelGroup(server, id, { ...fields, description });
  return id;
}

/** What is sent of a group. */
function written(inputs: ModelGroupInputs, mark: Mark | undefined): ModelGroupFields {
  return { name: inputs.name, ...accessOf(inputs), description: descriptionOf(inputs, mark) };
}

interface FoundGroup {
  readonly id: string;
  readonly group: ModelGroupDocument;
}

/** Groups that carry the mark of this resource, the one with the most models first. */
async function findGroupsOf(server: OpenSearchServer, mark: Mark | undefined): Promise<FoundGroup[]> {
  if (mark === undefined) return [];
  const found = await findModelGroups(server, mark.owner);
  const ours = found.filter(({ group }) => sameResource(markIn(group), mark));
  return ours.sort((a, b) => b.group.latestVersion - a.group.latestVersion);
}

function markIn({ description }: ModelGroupDocument): Mark | undefined {
  return undescribed(description).mark;
}

/** Deletes groups that interrupted runs left. One in which models were registered may be somebody's, and stays. */
async function removeEmpty(server: OpenSearchServer, groups: readonly FoundGroup[], title: string): Promise<void> {
  for (const { id, group } of groups) {
    if (isRemembered(id)) continue;
    if (group.latestVersion > 0) {
      report(
        `warning: ${title}: the group ${id} carries its mark too, and stays, since models were registered into it`,
      );
      continue;
    }
    report(`${title}: removes the empty group ${id}, which an interrupted run left`);
    await deleteModelGroup(server, id);
  }
}

function takenBy(error: unknown): string | undefined {
  return error instanceof ServerError ? NAME_TAKEN.exec(error.reason)?.[1] : undefined;
}

/** Up to 0.2 a mark named no stack; without models such a group was left by a run that was cut off right after it. */
function isEarlier({ group }: FoundGroup, mark: Mark | undefined): boolean {
  const found = markIn(group);
  return found !== undefined && found.stack === undefined && found.owner === mark?.owner && group.latestVersion === 0;
}

function twin(id: string, inputs: ModelGroupInputs): ExplainedError {
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
  for (const other of await others(server, id, state)) {
    report(`warning: ${titleOf(state)}: ${leftBeside(`the group ${other.id}`)}`);
  }
  const found: Record<string, unknown> = {
    name: group.name,
    description: undescribed(group.description).description ?? "",
    accessMode: group.access,
    backendRoles: group.backendRoles,
  };
  // Only what the program set is compared: the server fills in the rest.
  const tracked = WRITTEN.filter((key) => state[key] !== undefined && found[key] !== undefined);
  const seen = Object.fromEntries(tracked.map((key) => [key, found[key]]));
  const { clusterUuid: _c, instance: _i, schemaVersion: _v, ...inputs } = { ...state, ...seen };
  return { state: { ...state, ...seen }, inputs };
}

/** Groups of this resource that the state does not name. */
async function others(server: OpenSearchServer, id: string, state: ModelGroupState): Promise<FoundGroup[]> {
  return notNamed(await findGroupsOf(server, markOf(state, state.instance)), id);
}

async function update(id: string, olds: ModelGroupState, news: ModelGroupInputs): Promise<ModelGroupState> {
  // The server judges access by one request alone, and what that says takes the place of all that was: "restricted"
  // without the roles is refused though the group has them (3.6.0).
  const together = changedKeys(olds, news, ACCESS).length > 0 ? ACCESS : [];
  const changed = WRITTEN.filter((key) => changedKeys(olds, news, [key]).length > 0);
  const fields = pick(written(news, markOf(news, olds.instance)), [...changed, ...together]);
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
    report(`${titleOf(state)}: ${id} belongs to a newer resource by now and stays`);
    return;
  }
  const left = await others(server, id, state);
  await deleteWithLeftOvers(server, id, state, markIn(group)?.stack ?? stackMark(state));
  await removeEmpty(server, left, titleOf(state));
}

/**
 * Whatever of the state is in a group is gone before the group: the engine deletes dependents first. A model of this
 * stack that is in it all the same was left by an interrupted run.
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
      const left = hasAnother(state.owner, id) ? [] : leftBy(stack, await findModelsInGroup(server, id));
      for (const model of left) await removeLeftOver(server, model.id, titleOf(state), deadline);
      const patient = left.length > 0 || performance.now() - started < LAG_MILLISECONDS;
      if (!patient || deadline.passed) throw error;
      return { last: error.reason };
    }
  };
  await waitFor(look, { waitingFor: `the models of group ${id} to be gone`, deadline });
}

/**
 * A group that just lost its last model may still count it: the server's check runs on a search that lags behind. A
 * second was the most seen (ml-commons #1567).
 */
const LAG_MILLISECONDS = 5_000;
