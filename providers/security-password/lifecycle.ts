import { ServerError } from "../../clients/errors";
import { clusterInfo } from "../../clients/opensearch/cluster";
import { getSecurityObject, patchSecurityObject } from "../../clients/opensearch/security";
import { USERS } from "../../clients/opensearch/security-kinds";
import { canSignIn } from "../../clients/opensearch/sign-in";
import { rememberSecrets } from "../../clients/redact";
import { report } from "../../clients/report";
import { Deadline } from "../../clients/wait";
import { ExplainedError } from "../../diagnosis/explained-error";
import { checkWith } from "../shared/checking";
import { BOOKKEEPING, changedKeys } from "../shared/compare";
import { connectionSecrets, explained, nameOf } from "../shared/explain";
import { onHomeCluster } from "../shared/home-cluster";
import type { Lifecycle } from "../shared/lifecycle";
import { oneAtATime } from "../shared/run-memory";
import { securityQueue } from "../shared/security-object";
import { sharedServer } from "../shared/shared-server";
import { timeoutMilliseconds } from "../shared/timeouts";
import { type SecurityPasswordInputs, type SecurityPasswordState, securityPasswordSchema } from "./inputs";

const SCHEMA_VERSION = 1;

/**
 * The password of a user who exists, such as the reserved `admin`. Signs in to learn whether it is in force, so the next
 * run completes one that was killed. Never deletes the user.
 */
export const securityPasswordLifecycle: Lifecycle<SecurityPasswordInputs, SecurityPasswordState> = explained(
  "SecurityPassword",
  {
    ...onHomeCluster("SecurityPassword", { check, diff, create, read, update, delete: async () => undefined }),
    // Replaces the delete of onHomeCluster, which would ask the cluster. Nothing is deleted, so it need not be reachable.
    delete: async () => undefined,
  },
  (properties) => {
    const { password } = properties as Partial<SecurityPasswordInputs>;
    return [password, ...connectionSecrets(properties)];
  },
);

function check(news: unknown) {
  return { inputs: news as SecurityPasswordInputs, failures: checkWith(securityPasswordSchema, news) };
}

function diff(_id: string, olds: SecurityPasswordState, news: SecurityPasswordInputs) {
  const replaces = changedKeys(olds, news, ["username"]);
  const others = changedKeys(olds, news, ["password", ...BOOKKEEPING]);
  return { changes: replaces.length > 0 || others.length > 0 || olds.inForce === false, replaces };
}

async function create(inputs: SecurityPasswordInputs) {
  const { clusterUuid } = await clusterInfo(sharedServer(inputs.connection));
  const deadline = Deadline.after(timeoutMilliseconds(inputs.timeouts, "createSeconds"));
  await ensurePassword(inputs, clusterUuid, deadline);
  return { id: inputs.username, state: stateOf(inputs, clusterUuid) };
}

async function update(
  _id: string,
  { clusterUuid }: SecurityPasswordState,
  news: SecurityPasswordInputs,
): Promise<SecurityPasswordState> {
  await ensurePassword(news, clusterUuid, Deadline.after(timeoutMilliseconds(news.timeouts, "updateSeconds")));
  return stateOf(news, clusterUuid);
}

/** Sets the password unless the user can already sign in with it. Then checks that it works. */
async function ensurePassword(inputs: SecurityPasswordInputs, clusterUuid: string, deadline: Deadline): Promise<void> {
  const { connection, username, password } = inputs;
  rememberSecrets([password]);
  if (await canSignIn(connection, username, password, deadline)) return;
  const server = sharedServer(connection);
  await oneAtATime(securityQueue(clusterUuid), () =>
    patchSecurityObject(server, USERS, username, { password }, deadline),
  ).catch((error: unknown) => {
    if (error instanceof ServerError && error.status === 404) throw missing(username);
    throw error;
  });
  if (await canSignIn(connection, username, password, deadline)) return;
  throw new ExplainedError({
    what: `The server accepted the password of ${username}, but ${username} cannot sign in with it.`,
    cause: "The cluster authenticates users against another backend, such as LDAP, and not against its internal users.",
    fix: "Change the password in that backend, and remove this resource.",
  });
}

function missing(username: string): ExplainedError {
  return new ExplainedError({
    what: `There is no internal user ${username}.`,
    cause: "The name is wrong, or the user comes from another backend, such as LDAP.",
    fix: "Correct username. To create a user, use a SecurityUser.",
  });
}

function stateOf(inputs: SecurityPasswordInputs, clusterUuid: string): SecurityPasswordState {
  return { ...inputs, inForce: true, clusterUuid, schemaVersion: SCHEMA_VERSION };
}

async function read(id: string, state: SecurityPasswordState) {
  const { connection, username, password, timeouts } = state;
  if ((await getSecurityObject(sharedServer(connection), USERS, id)) === undefined) return undefined;
  const deadline = Deadline.after(timeoutMilliseconds(timeouts, "updateSeconds"));
  const inForce = await canSignIn(connection, username, password, deadline);
  if (!inForce) {
    report(
      `SecurityPassword ${nameOf(state)}: ${username} cannot sign in with this password; the next pulumi up sets it again`,
    );
  }
  const { clusterUuid: _cluster, schemaVersion: _version, inForce: _found, ...inputs } = state;
  return { state: { ...state, inForce }, inputs };
}
