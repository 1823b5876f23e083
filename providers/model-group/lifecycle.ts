import { ServerError, UnreachableError } from "../../clients/errors";
import { clusterInfo } from "../../clients/opensearch/cluster";
import { openSearch } from "../../clients/opensearch/connect";
import {
  deleteModelGroup,
  getModelGroup,
  type ModelGroupDocument,
  type ModelGroupFields,
  registerModelGroup,
  updateModelGroup,
} from "../../clients/opensearch/model-groups";
import type { OpenSearchServer } from "../../clients/opensearch/server";
import { report } from "../../clients/report";
import { Deadline, waitFor } from "../../clients/wait";
import { described, ownerHash, withAutoName } from "../auto-name";
import { checkWith } from "../checking";
import { BOOKKEEPING, changedKeys, pick } from "../compare";
import { warnOfDropped } from "../dropped";
import { explained, nameOf } from "../explain";
import { onHomeCluster } from "../home-cluster";
import type { Lifecycle } from "../lifecycle";
import { connectionSecrets } from "../open-search-secrets";
import { timeoutMilliseconds } from "../timeouts";
import { type ModelGroupInputs, type ModelGroupState, modelGroupSchema } from "./inputs";

const SCHEMA_VERSION = 1;
const ACCESS = ["accessMode", "backendRoles", "addAllBackendRoles"] as const;
const WRITTEN = ["name", "description", ...ACCESS] as const;
const KEYS = [...WRITTEN, ...BOOKKEEPING, "adoptExisting"];
const NAME_TAKEN = /name you provided is already being used by (?:a model group|another model) with ID: ([^\s.]+)/;
const HAS_MODELS = /associated model versions/;

/** A model group: everything changes in place, since names are unique and a second one could not exist beside it. */
export const modelGroupLifecycle: Lifecycle<ModelGroupInputs, ModelGroupState> = explained(
  "ModelGroup",
  onHomeCluster("ModelGroup", { check, diff, create, read, update, delete: remove }),
  connectionSecrets,
);

function check(news: unknown, olds: unknown) {
  const failures = checkWith(modelGroupSchema, news);
  const inputs = withAutoName(news as ModelGroupInputs, olds as Partial<ModelGroupInputs>);
  return { inputs, failures };
}

function diff(_id: string, olds: ModelGroupState, news: ModelGroupInputs) {
  return { changes: changedKeys(olds, news, KEYS).length > 0 };
}

async function create(inputs: ModelGroupInputs) {
  const server = openSearch(inputs.connection);
  const { clusterUuid } = await clusterInfo(server);
  const id = await registerOrAdopt(server, inputs);
  return { id, state: { ...inputs, clusterUuid, schemaVersion: SCHEMA_VERSION } };
}

async function registerOrAdopt(server: OpenSearchServer, inputs: ModelGroupInputs): Promise<string> {
  const fields = pick(described(inputs), WRITTEN);
  const { id, refusal, answerLost } = await registerTwice(server, fields);
  if (id !== undefined) return id;
  const taken = takenBy(refusal);
  const group = taken === undefined ? undefined : await getModelGroup(server, taken);
  if (taken === undefined || group === undefined) throw refusal;
  const justMade = answerLost && group.latestVersion === 0 && group.description === fields.description;
  if (!inputs.adoptExisting && !justMade && !isOurs(group, inputs)) throw refusal;
  report(`ModelGroup ${nameOf(inputs)}: takes over the group ${taken}, which has this name already`);
  await updateModelGroup(server, taken, differing(group, fields));
  return taken;
}

/** After a lost answer a second try tells whether the group was made: it then meets our own group's name. */
async function registerTwice(server: OpenSearchServer, fields: ModelGroupFields) {
  let answerLost = false;
  for (;;) {
    try {
      return { id: await registerModelGroup(server, fields), refusal: undefined, answerLost };
    } catch (refusal) {
      const lost = refusal instanceof UnreachableError && refusal.mayHaveArrived;
      if (!lost || answerLost) return { id: undefined, refusal, answerLost };
      answerLost = true;
    }
  }
}

function takenBy(error: unknown): string | undefined {
  return error instanceof ServerError ? NAME_TAKEN.exec(error.reason)?.[1] : undefined;
}

/** A description that names our owner is a mark of our own: an earlier run made the group and was interrupted. */
function isOurs(group: ModelGroupDocument, inputs: ModelGroupInputs): boolean {
  return inputs.owner !== undefined && group.description?.includes(ownerHash(inputs.owner)) === true;
}

/** Only what is not so already; the name always, since an empty update is refused by some versions. */
function differing(group: ModelGroupDocument, fields: ModelGroupFields): ModelGroupFields {
  return { ...fields, description: group.description === fields.description ? undefined : fields.description };
}

async function read(id: string, state: ModelGroupState) {
  const group = await getModelGroup(openSearch(state.connection), id);
  if (group === undefined) return undefined;
  const found: Record<string, unknown> = {
    name: group.name,
    description: group.description ?? "",
    accessMode: group.access,
    backendRoles: group.backendRoles,
  };
  // Only what the program set is compared: the server fills in the rest.
  const tracked = WRITTEN.filter((key) => state[key] !== undefined && found[key] !== undefined);
  const seen = Object.fromEntries(tracked.map((key) => [key, found[key]]));
  const { clusterUuid: _c, schemaVersion: _v, ...inputs } = { ...state, ...seen };
  return { state: { ...state, ...seen }, inputs };
}

async function update(id: string, olds: ModelGroupState, news: ModelGroupInputs): Promise<ModelGroupState> {
  // The server judges access by one request alone, and what that says takes the place of all that was: "restricted"
  // without the roles is refused though the group has them (3.6.0).
  const together = changedKeys(olds, news, ACCESS).length > 0 ? ACCESS : [];
  const changed = WRITTEN.filter((key) => changedKeys(olds, news, [key]).length > 0);
  const fields = pick(news, [...changed, ...together]);
  if (ACCESS.every((key) => news[key] === undefined)) warnOfDropped("ModelGroup", olds, news, ACCESS);
  if (Object.keys(fields).length > 0) await updateModelGroup(openSearch(news.connection), id, fields);
  return { ...news, clusterUuid: olds.clusterUuid, schemaVersion: SCHEMA_VERSION };
}

/** A group that just lost its last model may still count it: the server's check runs on a search that lags. */
async function remove(id: string, state: ModelGroupState): Promise<void> {
  const server = openSearch(state.connection);
  const deadline = Deadline.after(Math.min(timeoutMilliseconds(state.timeouts, "deleteSeconds"), LAG_MILLISECONDS));
  await waitFor(
    async () => {
      try {
        await deleteModelGroup(server, id);
        return { done: true };
      } catch (error) {
        const lag = error instanceof ServerError && HAS_MODELS.test(error.reason) && !deadline.passed;
        if (!lag) throw error;
        return { last: error.reason };
      }
    },
    { waitingFor: `the models of group ${id} to be gone`, deadline },
  );
}

/** How long the server's search may lag behind a delete; a second was the most seen (ml-commons #1567). */
const LAG_MILLISECONDS = 5_000;
