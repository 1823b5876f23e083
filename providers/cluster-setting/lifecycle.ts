import { randomBytes } from "node:crypto";
import { oneAtATime } from "../../clients/lock";
import { clusterInfo, getClusterSettings } from "../../clients/opensearch/cluster";
import { openSearch } from "../../clients/opensearch/connect";
import type { OpenSearchServer } from "../../clients/opensearch/server";
import { report } from "../../clients/report";
import { shortHash } from "../canonical";
import { checkWith, sentence } from "../checking";
import { BOOKKEEPING, changedKeys } from "../compare";
import { explained, nameOf } from "../explain";
import { onHomeCluster } from "../home-cluster";
import { type CheckFailure, type Lifecycle, PartialFailure } from "../lifecycle";
import { connectionSecrets } from "../open-search-secrets";
import { hasUnknown, isUnknown } from "../unknown";
import { type Claim, claimKey } from "./claim";
import {
  ClaimStatus,
  type ClusterSettingInputs,
  type ClusterSettingState,
  clusterSettingSchema,
  normalised,
} from "./inputs";
import { claim as claimInUpdate, release as releaseInUpdate } from "./one-owner";
import { asSeen, type Memory, modeOf, needsDefaults, type Plan, planApply, planRelease, scopeOf } from "./plan";
import { regexProblem } from "./regex";
import { settle } from "./settle";

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

/** A claim that is missing on the cluster is put back by an update, as a value that is. */
function diff(_id: string, olds: ClusterSettingState, news: ClusterSettingInputs) {
  const isClaimLost = olds.claim === ClaimStatus.missing;
  return { changes: isClaimLost || changedKeys(comparable(olds), comparable(news), KEYS).length > 0 };
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
  return { id, state: await apply(server, { id, clusterUuid, instance: newInstance() }, inputs, undefined) };
}

async function update(id: string, olds: ClusterSettingState, news: ClusterSettingInputs): Promise<ClusterSettingState> {
  const server = openSearch(news.connection);
  const { clusterUuid } = olds;
  const identity = { id, clusterUuid, instance: olds.instance ?? newInstance() };
  if (scopeOf(olds) === scopeOf(news) && modeOf(olds) === modeOf(news)) {
    return await apply(server, identity, news, olds);
  }
  await release(server, olds);
  return await apply(server, identity, news, undefined);
}

const newInstance = (): string => randomBytes(6).toString("hex");

async function read(_id: string, state: ClusterSettingState) {
  const present = await getClusterSettings(openSearch(state.connection), { defaults: needsDefaults(state) });
  const isThere = state.instance !== undefined && claimKey(ownerOf(state), state.instance) in present.persistent;
  const claim = state.claim === ClaimStatus.refused || isThere ? state.claim : ClaimStatus.missing;
  const seen = { ...state, ...asSeen(present, state), claim };
  const {
    clusterUuid: _c,
    previous: _p,
    contributed: _k,
    defaultHashes: _h,
    written: _w,
    schemaVersion: _v,
    claim: _s,
    instance: _i,
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
  readonly instance: string;
}

/** What is remembered, and where: the claim on the cluster wins over the state, which a crash may have left behind. */
async function apply(
  server: OpenSearchServer,
  { id, clusterUuid, instance }: Identity,
  inputs: ClusterSettingInputs,
  olds: ClusterSettingState | undefined,
): Promise<ClusterSettingState> {
  const owner = ownerOf(inputs);
  const ownKeys = [claimKey(owner, instance), ...(olds === undefined ? [] : [claimKey(ownerOf(olds), instance)])];
  // A resource that does not know of a claim yet takes over what an interrupted run of it left.
  const isNew = olds?.instance === undefined;
  let memory: Memory | undefined = olds;
  let mayBeMade: ClusterSettingState | undefined;
  const stateOf = (plan: Plan, claim: ClaimStatus): ClusterSettingState => {
    const remembered = { ...rememberedOf(plan), claim, instance };
    return { ...inputs, ...remembered, revision: revisionOf(inputs), clusterUuid, schemaVersion: SCHEMA_VERSION };
  };
  const keepsClaims = olds?.claim !== ClaimStatus.refused;
  const believed = keepsClaims ? ClaimStatus.kept : ClaimStatus.refused;
  return await oneAtATime(`${clusterUuid}/settings`, async () => {
    claimInUpdate(clusterUuid, inputs);
    try {
      const settled = await settle({
        server,
        scope: scopeOf(inputs),
        key: claimKey(owner, instance),
        isMine: (key, claim) => ownKeys.includes(key) || (isNew && claim.owner === owner),
        keepsClaims,
        needsDefaults: needsDefaults(inputs, olds),
        title: `ClusterSetting ${nameOf(inputs)}`,
        step: (present, neighbours, mine, round) => {
          if (round === 0 && mine.length > 0) memory = remembering(mine, olds);
          const plan = planApply(present, inputs, memory, neighbours);
          if (round === 0) warn(inputs, plan.warnings);
          memory = afterWrite(memory, plan, inputs);
          return { writes: plan.writes, claim: claimOf(inputs, owner, instance, plan), plan };
        },
        onWrite: ({ plan }) => {
          mayBeMade = stateOf(plan, believed);
        },
        onRefusal: () => {
          mayBeMade = undefined;
        },
      });
      return stateOf(settled.step.plan, settled.keepsClaims ? ClaimStatus.kept : ClaimStatus.refused);
    } catch (error) {
      // What may be on the server has to be in the state too, for a service that keeps no claims.
      throw mayBeMade === undefined ? error : new PartialFailure(id, mayBeMade, error);
    }
  });
}

/** What the claims remember; the settings of an interrupted run's program are in its claim alone. */
function remembering(claims: readonly Claim[], olds: ClusterSettingState | undefined): Memory {
  const merged = (part: (claim: Claim) => object) => Object.assign({}, ...claims.map(part));
  const contributed = merged((claim) => claim.contributed);
  const written = merged((claim) => claim.written);
  return {
    previous: merged((claim) => claim.previous),
    contributed,
    defaultHashes: merged((claim) => claim.defaultHashes),
    written,
    settings: olds?.settings ?? { ...contributed, ...written },
    whenKnown: olds?.whenKnown,
  };
}

/** Keys that were dropped stay in mind, should a neighbour need them put right in the next round. */
function afterWrite(before: Memory | undefined, plan: Plan, inputs: ClusterSettingInputs): Memory {
  return {
    previous: { ...before?.previous, ...plan.previous },
    contributed: { ...before?.contributed, ...plan.contributed },
    defaultHashes: { ...before?.defaultHashes, ...plan.defaultHashes },
    written: { ...before?.written, ...plan.written },
    settings: { ...before?.settings, ...inputs.settings },
    whenKnown: { ...before?.whenKnown, ...inputs.whenKnown },
  };
}

/** What a plan says has to be remembered, in the state as in the claim. */
function rememberedOf({ previous, contributed, defaultHashes, written }: Plan) {
  return { previous, contributed, defaultHashes, written };
}

function claimOf(inputs: ClusterSettingInputs, owner: string, instance: string, plan: Plan): Claim {
  return { owner, instance, scope: scopeOf(inputs), ...rememberedOf(plan) };
}

async function release(server: OpenSearchServer, state: ClusterSettingState): Promise<void> {
  const ownKey = state.instance && claimKey(ownerOf(state), state.instance);
  await oneAtATime(`${state.clusterUuid}/settings`, async () => {
    releaseInUpdate(state.clusterUuid, state);
    await settle({
      server,
      scope: scopeOf(state),
      key: ownKey ?? "",
      isMine: (key) => key === ownKey,
      keepsClaims: ownKey !== undefined && state.claim !== ClaimStatus.refused,
      needsDefaults: needsDefaults(state),
      title: `ClusterSetting ${nameOf(state)}`,
      step: (present, neighbours, _mine, round) => {
        const { writes, warnings } = planRelease(present, state, neighbours, round > 0);
        if (round === 0) warn(state, warnings);
        return { writes, claim: undefined };
      },
    });
  });
}

const ownerOf = (inputs: ClusterSettingInputs): string => inputs.owner ?? "";

function warn(inputs: ClusterSettingInputs, warnings: readonly string[]): void {
  for (const warning of warnings) report(`warning: ClusterSetting ${nameOf(inputs)}: ${warning}`);
}
