import { report } from "../../clients/report";
import { nameOf } from "../explain";
import { stackMark } from "../ownership";
import type { Claim } from "./claim";
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
