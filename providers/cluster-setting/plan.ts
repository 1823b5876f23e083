import { isDeepStrictEqual } from "node:util";
import type { ClusterSettings, Scope, SettingValue } from "../../clients/opensearch/cluster";
import { ExplainedError } from "../../diagnosis/explained-error";
import { shortHash } from "../shared/compare";
import { type Neighbours, NO_NEIGHBOURS } from "./claim";
import {
  type ClusterSettingInputs,
  type ClusterSettingState,
  normalised,
  RestoreOnDelete,
  SettingMode,
} from "./inputs";

/** What to write, and what to remember in order to undo it. */
export interface Plan {
  readonly writes: Readonly<Record<string, SettingValue>>;
  readonly previous: Readonly<Record<string, SettingValue>>;
  readonly contributed: Readonly<Record<string, readonly string[]>>;
  readonly defaultHashes: Readonly<Record<string, string>>;
  readonly written: Readonly<Record<string, SettingValue>>;
  /** Warnings for the user, such as keys left alone and values that override ours. */
  readonly warnings: readonly string[];
}

/** What earlier runs of a resource remembered. */
export type Memory = Pick<
  ClusterSettingState,
  "previous" | "contributed" | "defaultHashes" | "written" | "settings" | "whenKnown"
>;

/** Memory of a resource that has not written anything yet. */
export const NO_MEMORY: Memory = { previous: {}, contributed: {}, defaultHashes: {}, written: {}, settings: {} };

export function scopeOf(inputs: ClusterSettingInputs): Scope {
  return inputs.scope === "transient" ? "transient" : "persistent";
}

/** Default: `own`. */
export function modeOf(inputs: Pick<ClusterSettingInputs, "mode">): string {
  return inputs.mode ?? SettingMode.own;
}

function contributes(inputs: Pick<ClusterSettingInputs, "mode">, value: unknown): boolean {
  return modeOf(inputs) === SettingMode.contribute && Array.isArray(value);
}

/**
 * Whether a plan needs the server's defaults, about 35 KB. They show which settings the server knows, and the entries
 * of a list that is not set.
 */
export function needsDefaults(
  inputs: Pick<ClusterSettingInputs, "settings" | "whenKnown" | "mode">,
  memory: Pick<Memory, "settings" | "whenKnown"> = NO_MEMORY,
): boolean {
  return [inputs, memory].some(
    ({ settings, whenKnown }) =>
      Object.values(settings).some((value) => contributes(inputs, value) || mayReplaceList(inputs, value)) ||
      Object.keys(whenKnown ?? {}).length > 0,
  );
}

/** With mode contribute, a string or `null` might replace a whole list, including the entries of others. */
function mayReplaceList(inputs: Pick<ClusterSettingInputs, "mode">, value: unknown): boolean {
  return modeOf(inputs) === SettingMode.contribute && (typeof value === "string" || value === null);
}

function refuseToReplace(key: string, value: unknown): never {
  throw new ExplainedError({
    what: `settings.${key} is ${JSON.stringify(value)}, but on this server it is a list, to which others may add.`,
    cause: "With mode contribute only entries can be added: one value would take the place of the whole list.",
    fix: `Give a list of entries, such as ${JSON.stringify([value ?? "entry"])}, or own the whole list with mode own.`,
  });
}

/** The settings without those of `whenKnown` that this server does not know. Its defaults list all keys it knows. */
function knownSettings(present: ClusterSettings, inputs: Pick<ClusterSettingInputs, "settings" | "whenKnown">) {
  const known = Object.entries(inputs.whenKnown ?? {}).filter(
    ([key]) => key in present.defaults || key in present.persistent || key in present.transient,
  );
  return { ...inputs.settings, ...Object.fromEntries(known) };
}

/** Plans the change from the present settings to the wanted ones. Keys that are no longer wanted are restored. */
export function planApply(
  present: ClusterSettings,
  wanted: ClusterSettingInputs,
  memory: Memory = NO_MEMORY,
  neighbours: Neighbours = NO_NEIGHBOURS,
): Plan {
  const scope = scopeOf(wanted);
  const settings = knownSettings(present, wanted);
  const dropped = without(knownSettings(present, memory), Object.keys(settings));
  const leaving = { ...memory, ...wanted, settings: dropped, whenKnown: undefined };
  const released = planRelease(present, leaving, neighbours);
  const writes: Record<string, SettingValue> = { ...released.writes };
  const previous: Record<string, SettingValue> = {};
  const contributed: Record<string, readonly string[]> = {};
  const defaultHashes: Record<string, string> = {};
  const written: Record<string, SettingValue> = {};
  const warnings = [...released.warnings];
  for (const [key, value] of Object.entries(settings)) {
    const now = present[scope][key] ?? null;
    const before = key in memory.previous ? memory : (neighbours.before(key) ?? { previous: {}, defaultHashes: {} });
    previous[key] = key in before.previous ? (before.previous[key] ?? null) : now;
    let target = normalised(value);
    if (contributes(wanted, value)) {
      const inForce = listOf(now ?? valueIfUnset(present, scope, key));
      const hash = now === null ? shortHash(inForce) : before.defaultHashes[key];
      if (hash !== undefined) defaultHashes[key] = hash;
      const list = planList(inForce, target as readonly string[], memory.contributed[key] ?? [], key, neighbours);
      contributed[key] = list.contribution;
      target = list.isTouched ? list.entries : listBefore({ previous, defaultHashes }, key, list.entries);
    } else {
      const isList = Array.isArray(now) || Array.isArray(valueIfUnset(present, scope, key));
      if (isList && mayReplaceList(wanted, value)) refuseToReplace(key, value);
      written[key] = target;
      const other = neighbours.written(key);
      if (other !== undefined && !isDeepStrictEqual(other.value, target)) warnings.push(alsoWanted(key, other));
    }
    if (!isDeepStrictEqual(now, target)) writes[key] = target;
    const shadow = scope === "persistent" ? (present.transient[key] ?? null) : null;
    if (shadow !== null && !isInForce(shadow, normalised(value), contributes(wanted, value))) {
      warnings.push(`${key} is set in the transient scope to ${JSON.stringify(shadow)}, which wins over this value`);
    }
  }
  return { writes, previous, contributed, defaultHashes, written, warnings };
}

/** The wanted list: foreign entries, the neighbours' and ours. Existing entries keep their place, new ones follow. */
function planList(
  inForce: readonly string[],
  ours: readonly string[],
  mine: readonly string[],
  key: string,
  neighbours: Neighbours,
) {
  const theirs = neighbours.contributed(key);
  const claimed = new Set([...mine, ...theirs, ...neighbours.gone(key)]);
  const foreign = inForce.filter((entry) => !claimed.has(entry));
  const contribution = ours.filter((entry) => !foreign.includes(entry));
  const wanted = new Set([...foreign, ...theirs, ...ours]);
  const entries = [...new Set([...inForce.filter((entry) => wanted.has(entry)), ...wanted])];
  return { contribution, entries, isTouched: contribution.length > 0 || theirs.length > 0 };
}

function alsoWanted(key: string, { value, owner }: { readonly value: SettingValue; readonly owner: string }): string {
  return `${key} is wanted as ${JSON.stringify(value)} by ${owner}, too: each update of one undoes the other's`;
}

/** Whether a transient value does what ours would: it equals ours or, with mode contribute, contains our entries. */
function isInForce(shadow: SettingValue, ours: SettingValue, isContribution: boolean): boolean {
  if (!isContribution) return isDeepStrictEqual(shadow, ours);
  return listOf(ours).every((entry) => listOf(shadow).includes(entry));
}

/**
 * Plans the restore of everything that is still ours and that no neighbour wants. A value that somebody else has
 * changed is left alone.
 *
 * @param wroteBack whether this run has already restored values. They then count as ours too, in case a neighbour that
 * wants another value came in between.
 */
export function planRelease(
  present: ClusterSettings,
  state: ClusterSettingInputs & Memory,
  neighbours: Neighbours = NO_NEIGHBOURS,
  wroteBack = false,
): Pick<Plan, "writes" | "warnings"> {
  const scope = scopeOf(state);
  const writes: Record<string, SettingValue> = {};
  const warnings: string[] = [];
  for (const [key, value] of Object.entries(knownSettings(present, state))) {
    if (state.restoreOnDelete === RestoreOnDelete.keep) continue;
    const now = present[scope][key] ?? null;
    if (contributes(state, value)) {
      // A list that is not set is only built again if a neighbour needs its entries in it.
      const isNeeded = neighbours.contributed(key).length > 0;
      const inForce = listOf(now ?? (isNeeded ? valueIfUnset(present, scope, key) : null));
      const list = planList(inForce, [], state.contributed[key] ?? [], key, neighbours);
      if (isDeepStrictEqual(list.entries, listOf(now))) continue;
      writes[key] = list.isTouched ? list.entries : listBefore(state, key, list.entries);
      continue;
    }
    const back = state.restoreOnDelete === RestoreOnDelete.default ? null : (state.previous[key] ?? null);
    const other = neighbours.written(key);
    const target = other === undefined ? back : other.value;
    if (isDeepStrictEqual(now, target)) continue;
    const isOurs = isDeepStrictEqual(now, state.written[key] ?? null) || (wroteBack && isDeepStrictEqual(now, back));
    if (isOurs) writes[key] = target;
    else if (other === undefined) {
      warnings.push(`${key} was changed to ${JSON.stringify(now)} by somebody else, so it is left as it is`);
    }
  }
  return { writes, warnings };
}

/** The list without our entries, in its previous form: not set (`null`), or a single string. */
function listBefore(
  { previous, defaultHashes }: Pick<Memory, "previous" | "defaultHashes">,
  key: string,
  rest: readonly string[],
): SettingValue {
  const before = previous[key] ?? null;
  if (before !== null && isDeepStrictEqual(listOf(before), rest)) return before;
  return defaultHashes[key] === shortHash(rest) || isKnownDefault(key, rest) ? null : rest;
}

/** The effective value of a key that is not set in the scope. */
function valueIfUnset(present: ClusterSettings, scope: Scope, key: string): SettingValue | undefined {
  return (scope === "transient" ? present.persistent[key] : undefined) ?? present.defaults[key];
}

/** The server's values of our keys, in the program's form where both are equivalent. */
export function settingsAsSeen(
  present: ClusterSettings,
  state: ClusterSettingState,
): Pick<ClusterSettingState, "settings" | "whenKnown"> {
  const known = knownSettings(present, state);
  const seen = (settings: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(
      Object.entries(settings).map(([key, value]) => [
        key,
        key in known ? valueSeen(present, state, key, value) : value,
      ]),
    );
  return { settings: seen(state.settings), ...(state.whenKnown ? { whenKnown: seen(state.whenKnown) } : {}) };
}

function valueSeen(present: ClusterSettings, state: ClusterSettingState, key: string, value: unknown): unknown {
  const now = present[scopeOf(state)][key] ?? null;
  const wanted = normalised(value);
  if (!contributes(state, value)) return isDeepStrictEqual(now, wanted) ? value : now;
  const there = listOf(now ?? valueIfUnset(present, scopeOf(state), key));
  const ours = listOf(wanted).filter((entry) => there.includes(entry));
  return ours.length === listOf(wanted).length ? value : ours;
}

/** What Java's `trim` removes from an entry. Unlike JavaScript's, it keeps a no-break space. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: `trim` removes control characters.
const JAVA_TRIM = /^[\x00-\x20]+|[\x00-\x20]+$/g;

/**
 * A value as a list. The server returns a list that was sent as one string as it is, and splits it at commas for use.
 */
function listOf(value: SettingValue | undefined): readonly string[] {
  if (value === null || value === undefined) return [];
  if (typeof value !== "string") return value;
  return value
    .split(",")
    .map((entry) => entry.replace(JAVA_TRIM, ""))
    .filter((entry) => entry !== "");
}

function without(settings: Readonly<Record<string, unknown>>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).filter(([key]) => !keys.includes(key)));
}

/**
 * Hashes of the default lists of all versions, by key. The server shows a default only while the key is not set, so a
 * second contributor never sees it. With these, it too can restore the key to "not set".
 * Seen on 3.4.0 and 3.6.0; the others are from `MLCommonsSettings.java` of each release.
 */
const KNOWN_DEFAULTS: Readonly<Record<string, readonly string[]>> = {
  "plugins.ml_commons.trusted_connector_endpoints_regex": [
    "78ebb0db46406864", // 2.11 to 2.15
    "a743c9eda2f2967a", // 2.16, 2.17.0
    "ab433bf4e7ec6426", // 2.17.1
    "53b8f6cd70a062f2", // 2.18
    "c162927dd0aea94f", // 2.19 to 3.4
    "4b3546287ba37222", // 3.5 to 3.8
  ],
};

export function isKnownDefault(key: string, list: readonly string[]): boolean {
  return KNOWN_DEFAULTS[key]?.includes(shortHash(list)) === true;
}
