import { PulumiFailure } from "../../../access/pulumi";
import { type Check, type Outcome, ok, skip, warn } from "../check";
import { releaseGoneClaims } from "../release-claims";
import { removeLeft } from "../remove-left";
import type { Scene } from "../scene";
import { type KnownClaim, knownClaims, told } from "../stack/claims";
import { leftObjects, named } from "../stack/objects";

const GROUP = "Left on the cluster";

/** What interrupted runs and removed stacks left on OpenSearch. */
export const leftOverChecks: readonly Check[] = [
  { id: "claims", title: "claims on settings", group: GROUP, needs: ["opensearch-password"], run: readable(claims) },
  { id: "left-objects", title: "objects left", group: GROUP, needs: ["ml-plugin"], run: readable(objects) },
];

/** Skips a check if the stack's state cannot be read. `stack-state` reports that. */
function readable(look: (scene: Scene) => Promise<Outcome>): (scene: Scene) => Promise<Outcome> {
  return async (scene) => {
    try {
      return await look(scene);
    } catch (error) {
      if (!(error instanceof PulumiFailure)) throw error;
      return skip(`the stack's state cannot be read: ${error.said}`);
    }
  };
}

async function claims(scene: Scene): Promise<Outcome> {
  const all = await knownClaims(scene);
  const of = (fate: KnownClaim["fate"]) => all.filter((one) => one.fate === fate);
  const [gone, cutOff] = [of("gone"), of("cut off")];
  if (gone.length > 0) {
    return warn("claims-left", `the stack's state has no ${gone.map(told).join("; ")}`, releaseGoneClaims(scene, gone));
  }
  if (cutOff.length > 0) return warn("claims-cut-off", `in the middle of a change: ${cutOff.map(told).join("; ")}`);
  return ok(all.length === 0 ? "none" : `${all.length}: ${all.map(told).join("; ")}`);
}

async function objects(scene: Scene): Promise<Outcome> {
  const left = await leftObjects(scene);
  if (left === undefined) return skip("no stack is read that could have left any");
  const [cutOff, gone] = [left.filter(({ isPending }) => isPending), left.filter(({ isPending }) => !isPending)];
  if (gone.length > 0) {
    return warn("objects-left", `the stack's state has no ${gone.map(named).join(", ")}`, removeLeft(scene, gone));
  }
  if (cutOff.length > 0) return warn("objects-cut-off", `cut off while it was made: ${cutOff.map(named).join(", ")}`);
  return ok("none");
}
