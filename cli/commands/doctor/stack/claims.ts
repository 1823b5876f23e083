import { getClusterSettings } from "../../../../clients/opensearch/cluster";
import { type Claim, claimsIn, isSettled } from "../../../../providers/cluster-setting/claim";
import type { Scene } from "../scene";
import { identityOf } from "./objects";
import { stackState } from "./state";

/** State of the resource that wrote a claim. */
export type OwnerState =
  /** The stack's state has it. */
  | "kept"
  /** A run that changes it was interrupted or is still going on. */
  | "cut off"
  /** It belongs to the stack, but the stack's state does not have it. */
  | "gone"
  /** It belongs to another stack, or no stack was read. */
  | "foreign";

export interface KnownClaim {
  readonly claim: Claim;
  readonly fate: OwnerState;
  /** Name of the resource. */
  readonly name: string;
  /** `project/stack` of its owner. */
  readonly stack: string;
}

/**
 * Every claim on the cluster. Reads the stack's state after the settings: a run records a resource as pending in the
 * state before it writes the claim, so a claim that is being made never looks abandoned.
 */
export async function knownClaims(scene: Scene): Promise<readonly KnownClaim[]> {
  const settings = await getClusterSettings(scene.opensearch, { defaults: false });
  const claims = [...claimsIn(settings).values()].sort((a, b) => a.owner.localeCompare(b.owner));
  if (claims.length === 0) return [];
  const fateOf = await judge(scene);
  return claims.map((claim) => ({ claim, fate: fateOf(claim), ...partsOf(claim.owner) }));
}

async function judge(scene: Scene): Promise<(claim: Claim) => OwnerState> {
  const { stack: selection } = scene.access;
  if (selection === undefined) return () => "foreign";
  const { environment } = scene.machine;
  const state = await stackState(selection, environment);
  const own = identityOf(state, selection, environment);
  return (claim) => {
    const isKept = state.urns.has(claim.owner);
    const isOurs = claim.stack === undefined ? isKept : claim.owner.startsWith(own.urns) && claim.stack === own.mark;
    if (!isOurs) return "foreign";
    const isPending = state.pending.some(({ urn }) => urn === claim.owner);
    if (!isKept && !isPending) return "gone";
    return isPending || !isSettled(claim) ? "cut off" : "kept";
  };
}

function partsOf(owner: string): Pick<KnownClaim, "name" | "stack"> {
  const [stack = "", project = "", , ...name] = owner.replace(/^urn:pulumi:/, "").split("::");
  return { name: name.join("::"), stack: `${project}/${stack}` };
}

/** `opened of chat/dev: trusted_connector_endpoints_regex, connector.private_ip_enabled` */
export function told({ claim, name, stack }: KnownClaim): string {
  const keys = [...Object.keys(claim.contributed), ...Object.keys(claim.written)];
  const names = keys.map((key) => key.replace(/^plugins\.ml_commons\./, "")).join(", ");
  return `${name} of ${stack}${names === "" ? "" : ` (${names})`}`;
}
