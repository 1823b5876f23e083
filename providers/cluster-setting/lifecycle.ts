import { clusterInfo, getClusterSettings } from "../../clients/opensearch/cluster";
import type { OpenSearchServer } from "../../clients/opensearch/server";
import { checkWith, sentence } from "../shared/checking";
import { BOOKKEEPING, changedKeys, shortHash } from "../shared/compare";
import { connectionSecrets, explained, nameOf } from "../shared/explain";
import { onHomeCluster } from "../shared/home-cluster";
import { type CheckFailure, type Lifecycle, PartialFailure } from "../shared/lifecycle";
import { newInstance } from "../shared/ownership";
import { oneAtATime } from "../shared/run-memory";
import { sharedServer } from "../shared/shared-server";
import { hasUnknown, isUnknown } from "../shared/unknown";
import { type Claim, claimKey, claimsIn, isSettled } from "./claim";
import {
  ClaimStatus,
  type ClusterSettingInputs,
  type ClusterSettingState,
  clusterSettingSchema,
  normalised,
  SCHEMA_VERSION,
  SettingMode,
} from "./inputs";
import { reserveKeys } from "./one-owner";
import { type Memory, modeOf, NO_MEMORY, needsDefaults, type Plan, planApply, scopeOf, settingsAsSeen } from "./plan";
import { isListKey, regexProblem } from "./regex";
import { release } from "./release";
import {
  belongsTo,
  claimOf,
  isLeftOver,
  joined,
  ownerOf,
  type Remembered,
  rememberClaim,
  rememberedOf,
  warn,
} from "./remembered";
import { settle } from "./settle";

const KEYS = [...BOOKKEEPING, "settings", "whenKnown", "scope", "mode", "restoreOnDelete", "revision"];

/** Owns exactly its keys, and remembers their previous values. */
export const clusterSettingLifecycle: Lifecycle<ClusterSettingInputs, ClusterSettingState> = explained(
  "ClusterSetting",
  onHomeCluster("ClusterSetting", { check, diff, create, read, update, delete: remove }),
  connectionSecrets,
);

function check(news: unknown, _olds: unknown) {
  const failures = [...checkWith(clusterSettingSchema, news)];
  if (failures.length === 0) failures.push(...listFailures(news as ClusterSettingInputs));
  if (failures.length === 0) failures.push(...regexFailures(news as ClusterSettingInputs));
  const { revision: _r, ...inputs } = news as ClusterSettingInputs;
  const isUnknownYet = hasUnknown([inputs.settings, inputs.whenKnown, inputs.scope]);
  if (failures.length > 0 || isUnknownYet) return { inputs, failures };
  return { inputs: { ...inputs, revision: revisionOf(inputs) }, failures };
}

/** With mode contribute, a single value would replace everybody's entries. The message leaves the value out. */
function listFailures({ settings, whenKnown, mode }: ClusterSettingInputs): CheckFailure[] {
  if (isUnknown(mode) || modeOf({ mode }) !== SettingMode.contribute) return [];
  return Object.entries({ settings, whenKnown }).flatMap(([property, group]) =>
    Object.entries(isUnknown(group) ? {} : (group ?? {}))
      .filter(([key, value]) => isListKey(key) && !Array.isArray(value) && !isUnknown(value))
      .map(([key, value]) => ({ property, reason: `${property}.${key} is ${kindOf(value)}: ${LIST_RULE}` })),
  );
}

const LIST_RULE = 'with mode contribute it must be a list of entries, such as ["entry"]; only mode own takes one value';

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return typeof value === "string" ? "a single text" : `a ${typeof value}`;
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

/** A missing claim counts as a change, so that an update writes it again. */
function diff(_id: string, olds: ClusterSettingState, news: ClusterSettingInputs) {
  rememberClaim(news, olds.instance);
  const isClaimLost = olds.claim === ClaimStatus.missing;
  return { changes: isClaimLost || changedKeys(comparable(olds), comparable(news), KEYS).length > 0 };
}

/** The server stores everything as text, so `true` and "true" are equal. */
function comparable(inputs: ClusterSettingInputs): object {
  const asStored = (settings: unknown) =>
    typeof settings === "object" && settings !== null
      ? Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, normalised(value)]))
      : settings;
  return { ...inputs, settings: asStored(inputs.settings), whenKnown: asStored(inputs.whenKnown) };
}

async function create(inputs: ClusterSettingInputs) {
  const server = sharedServer(inputs.connection);
  const { clusterUuid } = await clusterInfo(server);
  const id = `${clusterUuid}/${shortHash([inputs.owner ?? "", Object.keys(inputs.settings).sort()])}`;
  const instance = newInstance();
  rememberClaim(inputs, instance);
  return { id, state: await apply(server, { id, clusterUuid, instance }, inputs, undefined) };
}

async function update(id: string, olds: ClusterSettingState, news: ClusterSettingInputs): Promise<ClusterSettingState> {
  const server = sharedServer(news.connection);
  const { clusterUuid } = olds;
  const identity = { id, clusterUuid, instance: olds.instance ?? newInstance() };
  if (scopeOf(olds) === scopeOf(news) && modeOf(olds) === modeOf(news)) {
    return await apply(server, identity, news, olds);
  }
  await release(server, olds);
  return await apply(server, identity, news, undefined);
}

async function read(_id: string, state: ClusterSettingState) {
  const present = await getClusterSettings(sharedServer(state.connection), { defaults: needsDefaults(state) });
  rememberClaim(state, state.instance);
  const own = claimKey(ownerOf(state), state.instance ?? "");
  const claims = [...claimsIn(present)].filter(([key, claim]) => key === own || isLeftOver(key, claim, state));
  // An extra claim, from a late request of an interrupted run, counts as missing too: the update then removes it.
  const isIntact = claims.length === 1 && claims.every(([key, claim]) => key === own && isSettled(claim));
  const claim = state.claim === ClaimStatus.refused || isIntact ? state.claim : ClaimStatus.missing;
  const seen = { ...state, ...settingsAsSeen(present, state), claim };
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
  await release(sharedServer(state.connection), state);
}

interface Identity {
  readonly id: string;
  readonly clusterUuid: string;
  readonly instance: string;
}

/** Writes settings and claim. The claim on the cluster wins over the state, which may be outdated after a crash. */
async function apply(
  server: OpenSearchServer,
  { id, clusterUuid, instance }: Identity,
  inputs: ClusterSettingInputs,
  olds: ClusterSettingState | undefined,
): Promise<ClusterSettingState> {
  const owner = ownerOf(inputs);
  const ownKeys = [claimKey(owner, instance), ...(olds === undefined ? [] : [claimKey(ownerOf(olds), instance)])];
  let memory: Memory | undefined = olds;
  /** The state if the write that is under way succeeds. */
  let possibleState: ClusterSettingState | undefined;
  const stateOf = (plan: Plan, claim: ClaimStatus): ClusterSettingState => {
    const remembered = { ...rememberedOf(plan), claim, instance };
    return { ...inputs, ...remembered, revision: revisionOf(inputs), clusterUuid, schemaVersion: SCHEMA_VERSION };
  };
  const keepsClaims = olds?.claim !== ClaimStatus.refused;
  const expectedClaim = keepsClaims ? ClaimStatus.kept : ClaimStatus.refused;
  return await oneAtATime(`${clusterUuid}/settings`, async () => {
    reserveKeys(clusterUuid, inputs);
    try {
      const settled = await settle({
        server,
        scope: scopeOf(inputs),
        key: claimKey(owner, instance),
        isMine: (key, claim) => {
          if (ownKeys.includes(key)) return true;
          // A new resource takes over all claims of its name, including that of a resource it replaces in this run.
          return olds === undefined ? belongsTo(claim, inputs) : isLeftOver(key, claim, inputs);
        },
        keepsClaims,
        isLeaving: false,
        needsDefaults: needsDefaults(inputs, olds),
        title: `ClusterSetting ${nameOf(inputs)}`,
        step: (present, neighbours, mine, round) => {
          if (round === 0 && mine.length > 0) memory = memoryOf(mine, olds);
          const plan = planApply(present, inputs, memory, neighbours);
          if (round === 0) warn(inputs, plan.warnings);
          const claimWith = (remembered: Remembered) => claimOf(inputs, owner, instance, remembered);
          return { writes: plan.writes, before: claimWith(memory ?? NO_MEMORY), after: claimWith(plan), plan };
        },
        onWrite: ({ plan }) => {
          memory = afterWrite(memory, plan, inputs);
          possibleState = stateOf(plan, expectedClaim);
        },
        onRefusal: () => {
          possibleState = undefined;
        },
      });
      return stateOf(settled.step.plan, settled.keepsClaims ? ClaimStatus.kept : ClaimStatus.refused);
    } catch (error) {
      // The write may have arrived, so it belongs in the state: some services store no claims.
      throw possibleState === undefined ? error : new PartialFailure(id, possibleState, error);
    }
  });
}

/** The memory in these claims. Only a claim knows the settings that an interrupted run wrote. */
function memoryOf(claims: readonly Claim[], olds: ClusterSettingState | undefined): Memory {
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

/** Keeps dropped keys and entries: the next round may have to correct them for a neighbour. */
function afterWrite(before: Memory | undefined, plan: Plan, inputs: ClusterSettingInputs): Memory {
  return {
    previous: { ...before?.previous, ...plan.previous },
    contributed: joined(before?.contributed, plan.contributed),
    defaultHashes: { ...before?.defaultHashes, ...plan.defaultHashes },
    written: { ...before?.written, ...plan.written },
    settings: { ...before?.settings, ...inputs.settings },
    whenKnown: { ...before?.whenKnown, ...inputs.whenKnown },
  };
}
