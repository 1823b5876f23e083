import { report } from "../../clients/report";
import { nameOf } from "../shared/explain";
import { stackMark } from "../shared/ownership";
import { isRemembered, rememberObject } from "../shared/run-memory";
import { type Claim, claimKey } from "./claim";
import type { ClusterSettingInputs } from "./inputs";
import { type Memory, scopeOf } from "./plan";

type Entries = Readonly<Record<string, readonly string[]>>;

/** The entries of both, key by key. */
export function joined(some: Entries | undefined, more: Entries): Entries {
  const together = Object.entries(more).map(([key, entries]) => [
    key,
    [...new Set([...(some?.[key] ?? []), ...entries])],
  ]);
  return { ...some, ...Object.fromEntries(together) };
}

export type Remembered = Pick<Memory, "previous" | "contributed" | "defaultHashes" | "written">;

/** What a plan says has to be remembered, in the state as in the claim. */
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

/** Remembers for this run that the state names a claim, or will. */
export function rememberClaim(inputs: ClusterSettingInputs, instance: string | undefined): void {
  if (instance !== undefined) rememberObject(`claims of ${ownerOf(inputs)}`, claimKey(ownerOf(inputs), instance));
}

/** Whether a claim is of a resource. One of the same project and stack in another backend is a neighbour's. */
export function isOfResource(claim: Claim, inputs: ClusterSettingInputs): boolean {
  const stack = stackMark(inputs);
  return claim.owner === ownerOf(inputs) && (claim.stack ?? stack) === stack;
}

/** Whether an interrupted run of a resource left a claim: the state does not name it. */
export function isLeft(key: string, claim: Claim, inputs: ClusterSettingInputs): boolean {
  return isOfResource(claim, inputs) && !isRemembered(key);
}
