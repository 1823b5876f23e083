import { randomBytes } from "node:crypto";
import { getSecurityObject, patchSecurityObject } from "../../clients/opensearch/security";
import { USERS, type UserFields } from "../../clients/opensearch/security-kinds";
import { rememberSecrets } from "../../clients/redact";
import { Deadline } from "../../clients/wait";
import { withAutoName } from "../shared/auto-name";
import { checkWith } from "../shared/checking";
import { BOOKKEEPING, changedKeys, pick } from "../shared/compare";
import { connectionSecrets, explained, nameOf } from "../shared/explain";
import { onHomeCluster } from "../shared/home-cluster";
import type { Lifecycle } from "../shared/lifecycle";
import { descriptionOf, type Mark, markOf, parseDescription } from "../shared/ownership";
import { oneAtATime } from "../shared/run-memory";
import { createMarked, inOrder, removeObject, securityQueue, withDrift } from "../shared/security-object";
import { sharedServer } from "../shared/shared-server";
import { timeoutMilliseconds } from "../shared/timeouts";
import { type SecurityUserInputs, type SecurityUserState, securityUserSchema } from "./inputs";

const SCHEMA_VERSION = 1;
const SHOWN = ["description", "backendRoles", "securityRoles", "attributes"] as const;
const KEYS = [...SHOWN, ...BOOKKEEPING, "adoptExisting"];

/** An internal user. The server never shows its password, so nobody can tell whether another was set meanwhile. */
export const securityUserLifecycle: Lifecycle<SecurityUserInputs, SecurityUserState> = explained(
  "SecurityUser",
  onHomeCluster("SecurityUser", { check, diff, create, read, update, delete: remove }),
  (properties) => {
    const { password } = properties as Partial<SecurityUserInputs>;
    return [password, ...connectionSecrets(properties)];
  },
);

function check(news: unknown, olds: unknown) {
  const failures = checkWith(securityUserSchema, news);
  return { inputs: withAutoName(news as SecurityUserInputs, olds as Partial<SecurityUserInputs>), failures };
}

function diff(_id: string, olds: SecurityUserState, news: SecurityUserInputs) {
  const replaces = changedKeys(olds, news, ["name"]);
  const isGiven = news.password !== undefined;
  const password = isGiven !== (olds.isPasswordGiven === true) || (isGiven && news.password !== olds.password);
  const others = changedKeys(comparable(olds), comparable(news), KEYS);
  return { changes: replaces.length > 0 || password || others.length > 0, replaces };
}

function comparable<T extends UserFields>(inputs: T): T {
  const { backendRoles, securityRoles } = inputs;
  return { ...inputs, backendRoles: inOrder(backendRoles), securityRoles: inOrder(securityRoles) };
}

async function create(inputs: SecurityUserInputs) {
  const password = inputs.password ?? newPassword();
  rememberSecrets([password]);
  const fieldsWith = (mark: Mark | undefined) => ({ ...written(inputs, mark), password });
  const { clusterUuid, instance } = await createMarked(inputs, USERS, titleOf(inputs), fieldsWith);
  return { id: inputs.name, state: stateOf(inputs, password, clusterUuid, instance) };
}

/** With all kinds of characters that a server may be told to ask for. */
function newPassword(): string {
  return `${randomBytes(24).toString("base64url")}-aA0`;
}

/** What is sent of a user, without the password. */
function written(inputs: SecurityUserInputs, mark: Mark | undefined): UserFields {
  return { ...pick(inputs, ["backendRoles", "securityRoles", "attributes"]), description: descriptionOf(inputs, mark) };
}

function stateOf(
  inputs: SecurityUserInputs,
  password: string,
  clusterUuid: string,
  instance: string,
): SecurityUserState {
  const isPasswordGiven = inputs.password !== undefined;
  return { ...inputs, password, isPasswordGiven, clusterUuid, instance, schemaVersion: SCHEMA_VERSION };
}

const titleOf = (inputs: SecurityUserInputs): string => `SecurityUser ${nameOf(inputs)}`;

async function read(id: string, state: SecurityUserState) {
  const user = await getSecurityObject(sharedServer(state.connection), USERS, id);
  if (user === undefined) return undefined;
  const described = { ...user, description: parseDescription(user.description).description ?? "" };
  const found: SecurityUserState = { ...state, ...comparable(described) };
  const seen = withDrift(state, found, SHOWN, comparable);
  const { clusterUuid: _c, instance: _i, schemaVersion: _v, isPasswordGiven, password, ...inputs } = seen;
  return { state: seen, inputs: isPasswordGiven ? { ...inputs, password } : inputs };
}

async function update(id: string, olds: SecurityUserState, news: SecurityUserInputs): Promise<SecurityUserState> {
  const { clusterUuid, instance } = olds;
  const deadline = Deadline.after(timeoutMilliseconds(news.timeouts, "updateSeconds"));
  const cleared = { backendRoles: [], securityRoles: [], attributes: {} };
  const changed = changedKeys(comparable(olds), comparable(news), SHOWN);
  const password = news.password ?? olds.password;
  const fields: UserFields = {
    ...pick({ ...cleared, ...written(news, markOf(news, instance)) }, changed),
    ...(password === olds.password ? {} : { password }),
  };
  if (Object.keys(fields).length > 0) {
    const server = sharedServer(news.connection);
    await oneAtATime(securityQueue(clusterUuid), () => patchSecurityObject(server, USERS, id, fields, deadline));
  }
  return stateOf(news, password, clusterUuid, instance);
}

async function remove(id: string, state: SecurityUserState): Promise<void> {
  const server = sharedServer(state.connection);
  const deadline = Deadline.after(timeoutMilliseconds(state.timeouts, "deleteSeconds"));
  await oneAtATime(securityQueue(state.clusterUuid), () =>
    removeObject({ server, kind: USERS, name: id, title: titleOf(state), deadline, state }),
  );
}
