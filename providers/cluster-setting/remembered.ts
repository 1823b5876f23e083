import { report } from "../../clients/report";
import { nameOf } from "../shared/explain";
import { stackMark } from "../shared/ownership";
import { isInState, rememberObject } from "../shared/run-memory";
import { type Claim, claimKey } from "./claim";
import type { ClusterSettingInputs } from "./inputs";
import { type Memory, scopeOf } from "./plan";

type Entries = Readonly<Record<string, readonly string[]>>;

/** The union of the entries, by key. */
export function joined(some: Entries | undefined, more: Entries): Entries {
  const together = Object.entries(more).map(([key, entries]) => [
    key,
    [...new Set([...(some?.[key] ?? []), ...entries])],
  ]);
  return { ...some, ...Object.fromEntries(together) };
}

export type Remembered = Pick<Memory, "previous" | "contributed" | "defaultHashes" | "written">;

/** The part of a plan that state and claim remember. */
export function rememberedOf({ previous, contributed, defaultHashes, written }: Remembered): Remembered {
  return { previous, contributed, defaultHashes, written };
}

export function claimOf(inputs: ClusterSettingInputs, owner: string, instance: string, remembered: Remembered): Claim {
  const { restoreOnDelete } = inputs;
  return {
    owner,
    ...(owner === "" ? {} : { stack: stackMark(inputs) }),
    instance,
    scope: scopeOf(inputs),
    ...rememberedOf(remembered),
    ...(restoreOnDelete === undefined ? {} : { restoreOnDelete }),
  };
}

export const ownerOf = (inputs: ClusterSettingInputs): string => inputs.owner ?? "";

export function warn(inputs: ClusterSettingInputs, warnings: readonly string[]): void {
  for (const warning of warnings) report(`warning: ClusterSetting ${nameOf(inputs)}: ${warning}`);
}

/** Records for this run that a claim is in the state, or will be. */
export function rememberClaim(inputs: ClusterSettingInputs, instance: string | undefined): void {
  if (instance !== undefined) rememberObject(`claims of ${ownerOf(inputs)}`, claimKey(ownerOf(inputs), instance));
}

/** Whether a claim belongs to a resource. A stack of the same project and name in another backend is a neighbour. */
export function belongsTo(claim: Claim, inputs: ClusterSettingInputs): boolean {
  const stack = stackMark(inputs);
  return claim.owner === ownerOf(inputs) && (claim.stack ?? stack) === stack;
}

/** Whether a claim belongs to a resource but is not in the state: an interrupted run left it. */
export function isLeftOver(key: string, claim: Claim, inputs: ClusterSettingInputs): boolean {
  return belongsTo(claim, inputs) && !isInState(key);
}
