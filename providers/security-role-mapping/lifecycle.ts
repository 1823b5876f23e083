import { clusterInfo } from "../../clients/opensearch/cluster";
import { getSecurityObject, patchSecurityObject } from "../../clients/opensearch/security";
import { MAPPINGS, type MappingDocument } from "../../clients/opensearch/security-kinds";
import { report } from "../../clients/report";
import { Deadline } from "../../clients/wait";
import { checkWith } from "../shared/checking";
import { BOOKKEEPING, changedKeys } from "../shared/compare";
import { connectionSecrets, explained, nameOf } from "../shared/explain";
import { onHomeCluster } from "../shared/home-cluster";
import type { Lifecycle } from "../shared/lifecycle";
import { descriptionOf, isTakenOver, markIn, markOf, newInstance, sameResource } from "../shared/ownership";
import { oneAtATime } from "../shared/run-memory";
import { inOrder, makeOrTakeOver, removeObject, securityQueue } from "../shared/security-object";
import { sharedServer } from "../shared/shared-server";
import { timeoutMilliseconds } from "../shared/timeouts";
import { contribute, withdraw } from "./contribute";
import {
  contradictions,
  entriesOf,
  LISTS,
  MappingMode,
  mapLists,
  modeOf,
  type SecurityRoleMappingInputs,
  type SecurityRoleMappingState,
  securityRoleMappingSchema,
} from "./inputs";

const SCHEMA_VERSION = 1;
const KEYS = [...BOOKKEEPING, "adoptExisting"];
const NOTHING = entriesOf({});

/**
 * Who has a role. Many may write one mapping, such as that of `all_access`, so by default only the entries that were
 * added are the resource's.
 */
export const securityRoleMappingLifecycle: Lifecycle<SecurityRoleMappingInputs, SecurityRoleMappingState> = explained(
  "SecurityRoleMapping",
  onHomeCluster("SecurityRoleMapping", { check, diff, create, read, update, delete: remove }),
  connectionSecrets,
);

function check(news: unknown, _olds: unknown) {
  const failures = checkWith(securityRoleMappingSchema, news);
  const inputs = news as SecurityRoleMappingInputs;
  return { inputs, failures: failures.length > 0 ? failures : contradictions({ ...inputs }) };
}

/** Of another mode the old one goes first: what is whose could not be told while both are there. */
function diff(_id: string, olds: SecurityRoleMappingState, news: SecurityRoleMappingInputs) {
  const [before, after] = [comparable(olds), comparable(news)];
  const replaces = changedKeys(before, after, ["role", "mode"]);
  const changes = replaces.length > 0 || changedKeys(before, after, [...LISTS, ...KEYS]).length > 0;
  return { changes, replaces, deleteBeforeReplace: replaces.includes("mode") };
}

/** A list that is empty, and one that is left out, are the same. */
function comparable(inputs: SecurityRoleMappingInputs): SecurityRoleMappingInputs {
  const entries = entriesOf(inputs);
  return { ...inputs, ...mapLists((list) => inOrder(entries[list])), mode: modeOf(inputs) };
}

const isOwn = (inputs: SecurityRoleMappingInputs): boolean => modeOf(inputs) === MappingMode.own;
const titleOf = (inputs: SecurityRoleMappingInputs): string => `SecurityRoleMapping ${nameOf(inputs)}`;

async function create(inputs: SecurityRoleMappingInputs) {
  const server = sharedServer(inputs.connection);
  const { clusterUuid } = await clusterInfo(server);
  const deadline = Deadline.after(timeoutMilliseconds(inputs.timeouts, "createSeconds"));
  const instance = newInstance();
  const mark = markOf(inputs, instance);
  const description = descriptionOf(inputs, mark);
  const wanted = entriesOf(inputs);
  const { role } = inputs;
  const contributed = await oneAtATime(securityQueue(clusterUuid), async () => {
    if (isOwn(inputs)) {
      const fields = { ...wanted, description };
      const adoptExisting = inputs.adoptExisting === true;
      const title = titleOf(inputs);
      await makeOrTakeOver({ server, kind: MAPPINGS, name: role, fields, mark, adoptExisting, title, deadline });
      return wanted;
    }
    const before = await contribute({ server, role, wanted, dropped: NOTHING, description, deadline });
    // In a mapping that an interrupted run of this resource made, all of them are its own.
    if (before === undefined) return wanted;
    if (sameResource(markIn(before), mark)) {
      await patchSecurityObject(server, MAPPINGS, role, { description }, deadline);
      return wanted;
    }
    const foreign = mapLists((list) => wanted[list].filter((entry) => before[list].includes(entry)));
    warnOfForeign(inputs, foreign);
    return mapLists((list) => wanted[list].filter((entry) => !foreign[list].includes(entry)));
  });
  return { id: role, state: { ...inputs, contributed, clusterUuid, instance, schemaVersion: SCHEMA_VERSION } };
}

function warnOfForeign(inputs: SecurityRoleMappingInputs, foreign: Record<string, readonly string[]>): void {
  const names = LISTS.flatMap((list) => foreign[list] ?? []);
  if (names.length === 0) return;
  report(
    `${titleOf(inputs)}: ${names.join(", ")} had the role ${inputs.role} before, and will keep it when this resource goes`,
  );
}

async function read(id: string, state: SecurityRoleMappingState) {
  const mapping = await getSecurityObject(sharedServer(state.connection), MAPPINGS, id);
  if (mapping === undefined) return undefined;
  const seen: SecurityRoleMappingState = { ...state, ...drifted(state, mapping) };
  const { clusterUuid: _c, instance: _i, schemaVersion: _v, contributed: _k, ...inputs } = seen;
  return { state: seen, inputs };
}

/** The lists that are not as they should be; of a mapping that others write too, only our own entries count. */
function drifted(state: SecurityRoleMappingState, mapping: MappingDocument): Partial<SecurityRoleMappingState> {
  const wanted = entriesOf(state);
  const found = isOwn(state)
    ? entriesOf(mapping)
    : mapLists((list) => wanted[list].filter((entry) => mapping[list].includes(entry)));
  const differing = changedKeys(comparable({ ...state, ...wanted }), comparable({ ...state, ...found }), LISTS);
  return Object.fromEntries(differing.map((list) => [list, found[list]]));
}

async function update(
  id: string,
  olds: SecurityRoleMappingState,
  news: SecurityRoleMappingInputs,
): Promise<SecurityRoleMappingState> {
  const { clusterUuid, instance } = olds;
  const server = sharedServer(news.connection);
  const deadline = Deadline.after(timeoutMilliseconds(news.timeouts, "updateSeconds"));
  const wanted = entriesOf(news);
  const kept = { clusterUuid, instance, schemaVersion: SCHEMA_VERSION };
  const changed = changedKeys(comparable(olds), comparable(news), LISTS);
  if (changed.length === 0) return { ...news, ...kept, contributed: olds.contributed };
  const description = descriptionOf(news, markOf(news, instance));
  return await oneAtATime(securityQueue(clusterUuid), async () => {
    if (isOwn(news)) {
      await patchSecurityObject(server, MAPPINGS, id, { ...wanted, description }, deadline);
      return { ...news, ...kept, contributed: wanted };
    }
    const dropped = mapLists((list) => olds.contributed[list].filter((entry) => !wanted[list].includes(entry)));
    const before = await contribute({ server, role: id, wanted, dropped, description, deadline });
    const isOurs = (list: (typeof LISTS)[number], entry: string) =>
      olds.contributed[list].includes(entry) || before?.[list].includes(entry) !== true;
    return { ...news, ...kept, contributed: mapLists((list) => wanted[list].filter((entry) => isOurs(list, entry))) };
  });
}

async function remove(id: string, state: SecurityRoleMappingState): Promise<void> {
  const server = sharedServer(state.connection);
  const deadline = Deadline.after(timeoutMilliseconds(state.timeouts, "deleteSeconds"));
  await oneAtATime(securityQueue(state.clusterUuid), async () => {
    if (isOwn(state)) {
      await removeObject({ server, kind: MAPPINGS, name: id, title: titleOf(state), deadline, state });
      return;
    }
    const mapping = await getSecurityObject(server, MAPPINGS, id);
    const mark = mapping === undefined ? undefined : markIn(mapping);
    if (sameResource(mark, markOf(state, state.instance)) && isTakenOver(mark, state)) {
      report(`${titleOf(state)}: the mapping of ${id} belongs to a newer resource by now and stays`);
      return;
    }
    await withdraw({ server, role: id, dropped: state.contributed, deadline });
  });
}
