import { ServerError } from "../../clients/errors";
import { oneAtATime } from "../../clients/lock";
import { clusterInfo, getClusterSettings, putClusterSettings } from "../../clients/opensearch/cluster";
import { openSearch } from "../../clients/opensearch/connect";
import type { OpenSearchServer } from "../../clients/opensearch/server";
import { report } from "../../clients/report";
import { ExplainedError } from "../../diagnosis/explained-error";
import { canonicalJson, shortHash } from "../canonical";
import { checkWith, sentence } from "../checking";
import { BOOKKEEPING, changedKeys } from "../compare";
import { explained, nameOf } from "../explain";
import { onHomeCluster } from "../home-cluster";
import { type CheckFailure, type Lifecycle, PartialFailure } from "../lifecycle";
import { connectionSecrets } from "../open-search-secrets";
import { hasUnknown, isUnknown } from "../unknown";
import * as claims from "./claims";
import { type ClusterSettingInputs, type ClusterSettingState, clusterSettingSchema, normalised } from "./inputs";
import { asSeen, type Memory, modeOf, needsDefaults, type Plan, planApply, planRelease, scopeOf } from "./plan";
import { regexProblem } from "./regex";

const SCHEMA_VERSION = 1;
const KEYS = [...BOOKKEEPING, "settings", "whenKnown", "scope", "mode", "restoreOnDelete", "revision"];

/** Owns exactly its keys, and knows what each was before. */
export const clusterSettingLifecycle: Lifecycle<ClusterSettingInputs, ClusterSettingState> = explained(
  "ClusterSetting",
  onHomeCluster("ClusterSetting", { check, diff, create, read, update, delete: remove }),
  connectionSecrets,
);

function check(news: unknown, _olds: unknown) {
  const failures = [...checkWith(clusterSettingSchema, news)];
  if (failures.length === 0) failures.push(...regexFailures(news as ClusterSettingInputs));
  const { revision: _r, ...inputs } = news as ClusterSettingInputs;
  const open = hasUnknown([inputs.settings, inputs.whenKnown, inputs.scope]);
  if (failures.length > 0 || open) return { inputs, failures };
  return { inputs: { ...inputs, revision: revisionOf(inputs) }, failures };
}

function regexFailures({ settings, whenKnown }: ClusterSettingInputs): CheckFailure[] {
  return Object.entries({ settings, whenKnown }).flatMap(([property, group]) =>
    isUnknown(group)
      ? []
      : Object.entries(group ?? {}).flatMap(([key, value]) =>
          (Array.isArray(value) ? value : [value]).flatMap((entry: unknown) => {
            const problem = isUnknown(entry) ? undefined : regexProblem(key, entry);
            return problem === undefined ? [] : [{ property, reason: sentence([property, key], entry, problem) }];
          }),
        ),
  );
}

function revisionOf(inputs: ClusterSettingInputs): string {
  const all = { ...inputs.settings, ...inputs.whenKnown };
  const settings = Object.entries(all).map(([key, value]) => [key, normalised(value)]);
  return shortHash([scopeOf(inputs), Object.fromEntries(settings)]);
}

function diff(_id: string, olds: ClusterSettingState, news: ClusterSettingInputs) {
  return { changes: changedKeys(comparable(olds), comparable(news), KEYS).length > 0 };
}

/** The server keeps everything as text, so `true` and "true" are the same. */
function comparable(inputs: ClusterSettingInputs): object {
  const asKept = (settings: unknown) =>
    typeof settings === "object" && settings !== null
      ? Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, normalised(value)]))
      : settings;
  return { ...inputs, settings: asKept(inputs.settings), whenKnown: asKept(inputs.whenKnown) };
}

async function create(inputs: ClusterSettingInputs) {
  const server = openSearch(inputs.connection);
  const { clusterUuid } = await clusterInfo(server);
  const id = `${clusterUuid}/${shortHash([inputs.owner ?? "", Object.keys(inputs.settings).sort()])}`;
  return { id, state: await apply(server, { id, clusterUuid }, inputs, undefined) };
}

async function update(id: string, olds: ClusterSettingState, news: ClusterSettingInputs): Promise<ClusterSettingState> {
  const server = openSearch(news.connection);
  const { clusterUuid } = olds;
  if (scopeOf(olds) === scopeOf(news) && modeOf(olds) === modeOf(news)) {
    return await apply(server, { id, clusterUuid }, news, olds);
  }
  await release(server, olds);
  return await apply(server, { id, clusterUuid }, news, undefined);
}

async function read(_id: string, state: ClusterSettingState) {
  const present = await getClusterSettings(openSearch(state.connection), { defaults: needsDefaults(state) });
  const seen = { ...state, ...asSeen(present, state) };
  const {
    clusterUuid: _c,
    previous: _p,
    contributed: _k,
    defaultHashes: _h,
    written: _w,
    schemaVersion: _v,
    ...inputs
  } = seen;
  return { state: seen, inputs };
}

async function remove(_id: string, state: ClusterSettingState): Promise<void> {
  await release(openSearch(state.connection), state);
}

interface Identity {
  readonly id: string;
  readonly clusterUuid: string;
}

/** Reading and writing lists is one step: two resources of one update may contribute to the same list. */
async function apply(
  server: OpenSearchServer,
  { id, clusterUuid }: Identity,
  inputs: ClusterSettingInputs,
  memory: Memory | undefined,
): Promise<ClusterSettingState> {
  return await oneAtATime(`${clusterUuid}/settings`, async () => {
    claims.claim(clusterUuid, inputs);
    const present = await getClusterSettings(server, { defaults: needsDefaults(inputs, memory) });
    const plan = planApply(present, inputs, memory);
    const state = stateOf(inputs, clusterUuid, plan);
    for (const warning of plan.warnings) report(`warning: ClusterSetting ${nameOf(inputs)}: ${warning}`);
    if (Object.keys(plan.writes).length === 0) return state;
    try {
      await putClusterSettings(server, scopeOf(inputs), plan.writes);
      await verify(server, inputs, plan);
      return state;
    } catch (error) {
      // Unless the server refused, the write may have been made: then only the state knows what was there before.
      if (error instanceof ServerError) throw error;
      throw new PartialFailure(id, state, error);
    }
  });
}

/** Some managed services acknowledge settings that they then ignore. */
async function verify(server: OpenSearchServer, inputs: ClusterSettingInputs, plan: Plan): Promise<void> {
  const present = (await getClusterSettings(server, { defaults: false }))[scopeOf(inputs)];
  const lost = Object.entries(plan.writes).filter(
    ([key, value]) => canonicalJson(present[key] ?? null) !== canonicalJson(value),
  );
  if (lost.length === 0) return;
  const [key, value] = lost[0] ?? ["", null];
  throw new ExplainedError({
    what: `The server acknowledged ${key} = ${JSON.stringify(value)}, but shows ${JSON.stringify(present[key] ?? null)}.`,
    cause: "Another writer changed it at the same moment, or the service does not let this setting be changed.",
    fix: "Run again; on a managed service, look into its list of settings that may be changed.",
  });
}

async function release(server: OpenSearchServer, state: ClusterSettingState): Promise<void> {
  await oneAtATime(`${state.clusterUuid}/settings`, async () => {
    claims.release(state.clusterUuid, state);
    const present = await getClusterSettings(server, { defaults: needsDefaults(state) });
    const { writes, warnings } = planRelease(present, state);
    for (const warning of warnings) report(`warning: ClusterSetting ${nameOf(state)}: ${warning}`);
    if (Object.keys(writes).length > 0) await putClusterSettings(server, scopeOf(state), writes);
  });
}

function stateOf(inputs: ClusterSettingInputs, clusterUuid: string, plan: Plan): ClusterSettingState {
  const { previous, contributed, defaultHashes, written } = plan;
  const memory = { previous, contributed, defaultHashes, written };
  return { ...inputs, ...memory, revision: revisionOf(inputs), clusterUuid, schemaVersion: SCHEMA_VERSION };
}
