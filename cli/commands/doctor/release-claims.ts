import { clusterInfo } from "../../../clients/opensearch/cluster";
import { reportingTo } from "../../../clients/report";
import { releaseClaim } from "../../../providers/cluster-setting/release";
import { CommandFailure, ExitCode } from "../../failure";
import type { Repair } from "./check";
import type { Scene } from "./scene";
import { type KnownClaim, knownClaims, told } from "./stack/claims";

/** Gives back settings of resources that the stack's state no longer knows. */
export function releaseGoneClaims(scene: Scene, gone: readonly KnownClaim[]): Repair {
  return {
    id: "give-back-settings",
    action: `give back the settings of ${gone.map(told).join("; ")}`,
    run: (say) => releaseClaims(scene, say, ({ fate }) => fate === "gone"),
  };
}

/**
 * Gives back the settings of another stack, which the user says is gone.
 *
 * @throws CommandFailure if that stack claims nothing, or is the stack that was read.
 */
export async function releaseClaimsOf(scene: Scene, stack: string): Promise<Repair> {
  const claims = scene.access.opensearch === undefined ? [] : await knownClaims(scene);
  const foreign = claims.filter(({ fate }) => fate === "foreign");
  const meant = foreign.filter((one) => one.stack === stack);
  if (meant.length === 0) throw noClaimsOf(stack, [...new Set(foreign.map((one) => one.stack))]);
  return {
    id: `forget-claims-of ${stack}`,
    action: `give back the settings of ${meant.map(told).join("; ")}`,
    run: (say) => releaseClaims(scene, say, (one) => one.fate === "foreign" && one.stack === stack),
  };
}

/** Reads the claims again: a run may have taken one over while doctor was asking. */
async function releaseClaims(
  scene: Scene,
  say: (line: string) => void,
  isMeant: (claim: KnownClaim) => boolean,
): Promise<void> {
  const { clusterUuid } = await clusterInfo(scene.opensearch);
  for (const one of (await knownClaims(scene)).filter(isMeant)) {
    await reportingTo(say, () => releaseClaim(scene.opensearch, clusterUuid, one.claim));
  }
}

function noClaimsOf(stack: string, others: readonly string[]): CommandFailure {
  return new CommandFailure(ExitCode.usage, {
    what: `--forget-claims-of ${stack}: no such stack claims settings of this cluster.`,
    cause:
      others.length === 0
        ? "No other stack does."
        : `Those that do, besides the stack that was read, are ${others.join(", ")}.`,
    fix: "Give PROJECT/STACK as doctor shows it. What the stack that was read left is mended by --fix alone.",
  });
}
