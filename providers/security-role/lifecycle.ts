import { getSecurityObject, patchSecurityObject } from "../../clients/opensearch/security";
import { ROLES, type RoleFields } from "../../clients/opensearch/security-kinds";
import type { OpenSearchServer } from "../../clients/opensearch/server";
import { Deadline } from "../../clients/wait";
import { ExplainedError } from "../../diagnosis/explained-error";
import { withAutoName } from "../shared/auto-name";
import { checkWith } from "../shared/checking";
import { BOOKKEEPING, changedKeys, pick } from "../shared/compare";
import { connectionSecrets, explained, nameOf } from "../shared/explain";
import { onHomeCluster } from "../shared/home-cluster";
import type { Lifecycle } from "../shared/lifecycle";
import { descriptionOf, isTakenOver, type Mark, markIn, markOf, parseDescription } from "../shared/ownership";
import { oneAtATime } from "../shared/run-memory";
import { createMarked, inOrder, removeObject, securityQueue, withDrift } from "../shared/security-object";
import { sharedServer } from "../shared/shared-server";
import { timeoutMilliseconds } from "../shared/timeouts";
import { holdersOf } from "./holders";
import { type IndexPermission, type SecurityRoleInputs, type SecurityRoleState, securityRoleSchema } from "./inputs";

const SCHEMA_VERSION = 1;
const PERMISSIONS = ["clusterPermissions", "indexPermissions", "tenantPermissions"] as const;
const SHOWN = ["description", ...PERMISSIONS] as const;
const KEYS = [...SHOWN, ...BOOKKEEPING, "adoptExisting", "forceDelete"];

/** A role: what its holders may do. Everything but its name changes in place. */
export const securityRoleLifecycle: Lifecycle<SecurityRoleInputs, SecurityRoleState> = explained(
  "SecurityRole",
  onHomeCluster("SecurityRole", { check, diff, create, read, update, delete: remove }),
  connectionSecrets,
);

function check(news: unknown, olds: unknown) {
  const failures = checkWith(securityRoleSchema, news);
  return { inputs: withAutoName(news as SecurityRoleInputs, olds as Partial<SecurityRoleInputs>), failures };
}

function diff(_id: string, olds: SecurityRoleState, news: SecurityRoleInputs) {
  const replaces = changedKeys(olds, news, ["name"]);
  const changes = replaces.length > 0 || changedKeys(comparable(olds), comparable(news), KEYS).length > 0;
  return { changes, replaces };
}

/** Permissions in any order, and an empty list for one that is left out, are the same to the server. */
function comparable<T extends RoleFields>(role: T): T {
  const { clusterPermissions, indexPermissions, tenantPermissions } = role;
  return {
    ...role,
    clusterPermissions: inOrder(clusterPermissions),
    indexPermissions: Array.isArray(indexPermissions) ? indexPermissions.map(bare) : indexPermissions,
    tenantPermissions: Array.isArray(tenantPermissions)
      ? tenantPermissions.map((each) => ({ ...each, allowedActions: inOrder(each.allowedActions) }))
      : tenantPermissions,
  };
}

function bare({ indexPatterns, allowedActions, dls, fls = [], maskedFields = [] }: IndexPermission): IndexPermission {
  return {
    indexPatterns: inOrder(indexPatterns),
    allowedActions: inOrder(allowedActions),
    ...(dls === undefined ? {} : { dls }),
    ...(fls.length > 0 ? { fls: inOrder(fls) } : {}),
    ...(maskedFields.length > 0 ? { maskedFields: inOrder(maskedFields) } : {}),
  };
}

async function create(inputs: SecurityRoleInputs) {
  const made = await createMarked(inputs, ROLES, titleOf(inputs), (mark) => written(inputs, mark));
  return { id: inputs.name, state: { ...inputs, ...made, schemaVersion: SCHEMA_VERSION } };
}

/** What is sent of a role. */
function written(inputs: SecurityRoleInputs, mark: Mark | undefined): RoleFields {
  return { ...pick(inputs, PERMISSIONS), description: descriptionOf(inputs, mark) };
}

const titleOf = (inputs: SecurityRoleInputs): string => `SecurityRole ${nameOf(inputs)}`;

async function read(id: string, state: SecurityRoleState) {
  const role = await getSecurityObject(sharedServer(state.connection), ROLES, id);
  if (role === undefined) return undefined;
  const found = { ...state, ...role, description: parseDescription(role.description).description ?? "" };
  const seen = withDrift<SecurityRoleState, (typeof SHOWN)[number]>(state, found, SHOWN, comparable);
  const { clusterUuid: _c, instance: _i, schemaVersion: _v, ...inputs } = seen;
  return { state: seen, inputs };
}

async function update(id: string, olds: SecurityRoleState, news: SecurityRoleInputs): Promise<SecurityRoleState> {
  const { clusterUuid, instance } = olds;
  const deadline = Deadline.after(timeoutMilliseconds(news.timeouts, "updateSeconds"));
  const cleared = { clusterPermissions: [], indexPermissions: [], tenantPermissions: [] };
  const changed = changedKeys(comparable(olds), comparable(news), SHOWN);
  if (changed.length > 0) {
    const fields: RoleFields = pick({ ...cleared, ...written(news, markOf(news, instance)) }, changed);
    const server = sharedServer(news.connection);
    await oneAtATime(securityQueue(clusterUuid), () => patchSecurityObject(server, ROLES, id, fields, deadline));
  }
  return { ...news, clusterUuid, instance, schemaVersion: SCHEMA_VERSION };
}

async function remove(id: string, state: SecurityRoleState): Promise<void> {
  const server = sharedServer(state.connection);
  const deadline = Deadline.after(timeoutMilliseconds(state.timeouts, "deleteSeconds"));
  await oneAtATime(securityQueue(state.clusterUuid), async () => {
    if (state.forceDelete !== true) await requireUnused(server, id, state);
    await removeObject({ server, kind: ROLES, name: id, title: titleOf(state), deadline, state });
  });
}

/** What has the role in the program is gone by now: the engine deletes dependents first. */
async function requireUnused(server: OpenSearchServer, id: string, state: SecurityRoleState): Promise<void> {
  const role = await getSecurityObject(server, ROLES, id);
  if (role === undefined || isTakenOver(markIn(role), state)) return;
  const holders = await holdersOf(server, id);
  if (holders.length === 0) return;
  throw new ExplainedError({
    what: `The role ${JSON.stringify(id)} is still given to ${holders.join(", ")}.`,
    cause: "Somebody outside of this stack gave it to them; they would lose its rights.",
    fix: "Take it from them first, or set forceDelete: true and run pulumi up before pulumi destroy.",
  });
}
