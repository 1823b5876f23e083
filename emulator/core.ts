import { setTimeout as sleep } from "node:timers/promises";
import type { ClusterSettings } from "./cluster/settings";
import type { FaultList } from "./faults";
import type { IndexStore } from "./index/store";
import type { LoadedModels } from "./ml/loaded-models";
import type { Timings } from "./options";
import type { Profile } from "./profiles";

/** What all parts of one emulator share. */
export interface Core {
  readonly profile: Profile;
  readonly timings: Timings;
  readonly settings: ClusterSettings;
  readonly indices: IndexStore;
  readonly loaded: LoadedModels;
  readonly faults: FaultList;
  readonly node: NodeIdentity;
  /** Runs something later; given up when the emulator closes. */
  later(delayMs: number, action: () => void): void;
  /** Whether security is on: users are configured, or a server behind decides. */
  readonly secured: boolean;
  /** Components of further plugins; see `EmulatorOptions.plugins`. */
  readonly plugins: readonly string[];
}

/** Whether the k-NN plugin is among those that the emulator says to have. */
export function hasKnn({ plugins }: Core): boolean {
  return plugins.includes("opensearch-knn");
}

/** Names and ids that a cluster keeps over restarts. */
export interface NodeIdentity {
  readonly clusterName: string;
  readonly clusterUuid: string;
  readonly nodeName: string;
  readonly nodeId: string;
}

/** Waits; not at all for 0. */
export async function pause(delayMs: number): Promise<void> {
  if (delayMs > 0) await sleep(delayMs);
}
