import { isDeepStrictEqual } from "node:util";
import { ExplainedError } from "../../diagnosis/explained-error";
import { nameOf } from "../shared/explain";
import { settingOwners } from "../shared/run-memory";
import { type ClusterSettingInputs, normalised, SettingMode } from "./inputs";
import { scopeOf } from "./plan";

/**
 * Reserves a resource's keys for this run. Two owners of a key would undo each other's value at every update. With mode
 * contribute, lists and equal values may be shared.
 *
 * @throws ExplainedError if another resource of this run owns a key.
 */
export function reserveKeys(clusterUuid: string, inputs: ClusterSettingInputs): void {
  const owner = inputs.owner ?? "";
  for (const [key, value] of entries(inputs)) {
    const place = placeOf(clusterUuid, inputs, key);
    const other = settingOwners.get(place);
    if (other !== undefined && other.owner !== owner && !compatible(other.inputs, inputs, key, value)) {
      throw taken(key, inputs, other.inputs);
    }
    settingOwners.set(place, { owner, inputs });
  }
}

/** Frees the keys of a deleted resource. */
export function freeKeys(clusterUuid: string, inputs: ClusterSettingInputs): void {
  for (const [key] of entries(inputs)) {
    const place = placeOf(clusterUuid, inputs, key);
    if (settingOwners.get(place)?.owner === (inputs.owner ?? "")) settingOwners.delete(place);
  }
}

function compatible(other: ClusterSettingInputs, inputs: ClusterSettingInputs, key: string, value: unknown): boolean {
  if (other.mode !== SettingMode.contribute || inputs.mode !== SettingMode.contribute) return false;
  const theirs = { ...other.settings, ...other.whenKnown }[key];
  return (Array.isArray(value) && Array.isArray(theirs)) || isDeepStrictEqual(normalised(value), normalised(theirs));
}

function entries(inputs: ClusterSettingInputs): [string, unknown][] {
  return Object.entries({ ...inputs.settings, ...inputs.whenKnown });
}

function placeOf(clusterUuid: string, inputs: ClusterSettingInputs, key: string): string {
  return `${clusterUuid}/${scopeOf(inputs)}/${key}`;
}

function taken(key: string, inputs: ClusterSettingInputs, other: ClusterSettingInputs): ExplainedError {
  return new ExplainedError({
    what: `${key} is set by ClusterSetting ${JSON.stringify(nameOf(other))}, too.`,
    cause: "Two resources that own one key undo each other's value at every update.",
    fix: `Set it in one of them, or, for a list, use mode contribute in both (${nameOf(inputs)} and ${nameOf(other)}).`,
  });
}
