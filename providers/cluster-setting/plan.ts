import { isDeepStrictEqual } from "node:util";
import type { ClusterSettings, SettingScope, SettingValue } from "../../clients/opensearch/cluster";
import { shortHash } from "../canonical";
import {
  type ClusterSettingInputs,
  type ClusterSettingState,
  normalised,
  RestoreOnDelete,
  SettingMode,
} from "./inputs";
import { isKnownDefault } from "./known-defaults";

/** What has to be written, and what has to be remembered to take it back. */
export interface Plan {
  readonly writes: Readonly<Record<string, SettingValue>>;
  readonly previous: Readonly<Record<string, SettingValue>>;
  readonly contributed: Readonly<Record<string, readonly string[]>>;
  readonly defaultHashes: Readonly<Record<string, string>>;
  readonly written: Readonly<Record<string, SettingValue>>;
  /** Lines for the user: keys that are left alone, values that shadow ours. */
  readonly warnings: readonly string[];
}

/** Memory of an earlier run, or none at the first. */
export type Memory = Pick<
  ClusterSettingState,
  "previous" | "contributed" | "defaultHashes" | "written" | "settings" | "whenKnown"
>;

const NOTHING: Memory = { previous: {}, contributed: {}, defaultHashes: {}, written: {}, settings: {} };

export function scopeOf(inputs: ClusterSettingInputs): SettingScope {
  return inputs.scope === "transient" ? "transient" : "persistent";
}

/** `own` unless the program says otherwise. */
export function modeOf(inputs: Pick<ClusterSettingInputs, "mode">): string {
  return inputs.mode ?? SettingMode.own;
}

function contributes(inputs: Pick<ClusterSettingInputs, "mode">, value: unknown): boolean {
  return modeOf(inputs) === SettingMode.contribute && Array.isArray(value);
}

/**
 * Whether a plan looks at the server's defaults, some 35 KB: they tell which settings it knows, and what a list is that
 * was never set and that others add to.
 */
export function needsDefaults(
  inputs: Pick<ClusterSettingInputs, "settings" | "whenKnown" | "mode">,
  memory: Pick<Memory, "settings" | "whenKnown"> = NOTHING,
): boolean {
  return [inputs, memory].some(
    ({ settings, whenKnown }) =>
      Object.values(settings).some((value) => contributes(inputs, value)) || Object.keys(whenKnown ?? {}).length > 0,
  );
}

/** Every setting that applies to this server: its defaults list all the keys it knows. */
function applying(present: ClusterSettings, inputs: Pick<ClusterSettingInputs, "settings" | "whenKnown">) {
  const known = Object.entries(inputs.whenKnown ?? {}).filter(
    ([key]) => key in present.defaults || key in present.persistent || key in present.transient,
  );
  return { ...inputs.settings, ...Object.fromEntries(known) };
}

/** Brings the server from what it has to what is wanted. Keys that were ours and are not wanted any more go back. */
export function planApply(present: ClusterSettings, wanted: ClusterSettingInputs, memory: Memory = NOTHING): Plan {
  const scope = scopeOf(wanted);
  const settings = applying(present, wanted);
  const released = planRelease(present, {
    ...memory,
    ...wanted,
    settings: without(applying(present, memory), Object.keys(settings)),
    whenKnown: undefined,
  });
  const writes: Record<string, SettingValue> = { ...released.writes };
  const previous: Record<string, SettingValue> = {};
  const contributed: Record<string, readonly string[]> = {};
  const defaultHashes: Record<string, string> = {};
  const written: Record<string, SettingValue> = {};
  const warnings = [...released.warnings];
  for (const [key, value] of Object.entries(settings)) {
    const now = present[scope][key] ?? null;
    previous[key] = key in memory.previous ? (memory.previous[key] ?? null) : now;
    let target = normalised(value);
    if (contributes(wanted, value)) {
      const ours = target as readonly string[];
      const hash = now === null ? shortHash(listOf(below(present, scope, key))) : memory.defaultHashes[key];
      if (hash !== undefined) defaultHashes[key] = hash;
      const mine = memory.contributed[key] ?? [];
      const others = listOf(now ?? below(present, scope, key)).filter(
        (entry) => !mine.includes(entry) || ours.includes(entry),
      );
      const added = ours.filter((entry) => !others.includes(entry));
      const contribution = ours.filter((entry) => added.includes(entry) || mine.includes(entry));
      contributed[key] = contribution;
      const untouched = contribution.length === 0;
      target = untouched ? listBefore({ previous, defaultHashes }, key, others) : [...others, ...added];
    } else written[key] = target;
    if (!isDeepStrictEqual(now, target)) writes[key] = target;
    const shadow = scope === "persistent" ? (present.transient[key] ?? null) : null;
    if (shadow !== null && !isInForce(shadow, normalised(value), contributes(wanted, value))) {
      warnings.push(`${key} is set in the transient scope to ${JSON.stringify(shadow)}, which wins over this value`);
    }
  }
  return { writes, previous, contributed, defaultHashes, written, warnings };
}

/** Whether a transient value does what ours would: it equals it or, where we only contribute, holds our entries. */
function isInForce(shadow: SettingValue, ours: SettingValue, isContribution: boolean): boolean {
  if (!isContribution) return isDeepStrictEqual(shadow, ours);
  return listOf(ours).every((entry) => listOf(shadow).includes(entry));
}

/** Takes back what is still ours; a value that somebody changed since stays theirs. */
export function planRelease(
  present: ClusterSettings,
  state: ClusterSettingInputs & Memory,
): Pick<Plan, "writes" | "warnings"> {
  const scope = scopeOf(state);
  const writes: Record<string, SettingValue> = {};
  const warnings: string[] = [];
  for (const [key, value] of Object.entries(applying(present, state))) {
    if (state.restoreOnDelete === RestoreOnDelete.keep) continue;
    const now = present[scope][key] ?? null;
    if (contributes(state, value)) {
      const mine = state.contributed[key] ?? [];
      const rest = listOf(now).filter((entry) => !mine.includes(entry));
      if (now === null || rest.length === listOf(now).length) continue;
      writes[key] = listBefore(state, key, rest);
      continue;
    }
    const back = state.restoreOnDelete === RestoreOnDelete.default ? null : (state.previous[key] ?? null);
    if (isDeepStrictEqual(now, back)) continue;
    if (!isDeepStrictEqual(now, state.written[key] ?? null)) {
      warnings.push(`${key} was changed to ${JSON.stringify(now)} by somebody else, so it is left as it is`);
      continue;
    }
    writes[key] = back;
  }
  return { writes, warnings };
}

/** The list without our entries, as it was kept before ours came: not set at all, or as one text. */
function listBefore(
  { previous, defaultHashes }: Pick<Memory, "previous" | "defaultHashes">,
  key: string,
  rest: readonly string[],
): SettingValue {
  const before = previous[key] ?? null;
  if (before !== null && isDeepStrictEqual(listOf(before), rest)) return before;
  return defaultHashes[key] === shortHash(rest) || isKnownDefault(key, rest) ? null : rest;
}

/** What is in force while a key is not set in the scope. */
function below(present: ClusterSettings, scope: SettingScope, key: string): SettingValue | undefined {
  return (scope === "transient" ? present.persistent[key] : undefined) ?? present.defaults[key];
}

/** The server's view of our keys, in the program's own form wherever both mean the same. */
export function asSeen(
  present: ClusterSettings,
  state: ClusterSettingState,
): Pick<ClusterSettingState, "settings" | "whenKnown"> {
  const known = applying(present, state);
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
  const there = listOf(now ?? below(present, scopeOf(state), key));
  const ours = listOf(wanted).filter((entry) => there.includes(entry));
  return ours.length === listOf(wanted).length ? value : ours;
}

/** A list that was sent as one text is shown as one, and understood as cut at its commas. */
function listOf(value: SettingValue | undefined): readonly string[] {
  if (value === null || value === undefined) return [];
  if (typeof value !== "string") return value;
  return value
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
}

function without(settings: Readonly<Record<string, unknown>>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).filter(([key]) => !keys.includes(key)));
}
