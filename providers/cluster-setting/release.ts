import type { OpenSearchServer } from "../../clients/opensearch/server";
import { nameOf } from "../shared/explain";
import { oneAtATime } from "../shared/run-memory";
import { type Claim, claimKey } from "./claim";
import { ClaimStatus, type ClusterSettingState, RestoreOnDelete, SCHEMA_VERSION, SettingMode } from "./inputs";
import { freeKeys } from "./one-owner";
import { needsDefaults, planRelease, scopeOf } from "./plan";
import { claimOf, isLeftOver, joined, ownerOf, warn } from "./remembered";
import { settle } from "./settle";

/** Restores the settings of a resource, except those that others need, and then removes its claim. */
export async function release(server: OpenSearchServer, state: ClusterSettingState): Promise<void> {
  const owner = ownerOf(state);
  const instance = state.instance ?? "";
  const ownKey = claimKey(owner, instance);
  const isKept = state.restoreOnDelete === RestoreOnDelete.keep;
  let memory = state;
  let hasWritten = false;
  await oneAtATime(`${state.clusterUuid}/settings`, async () => {
    freeKeys(state.clusterUuid, state);
    await settle({
      server,
      scope: scopeOf(state),
      key: ownKey,
      isMine: (key, claim) => key === ownKey || isLeftOver(key, claim, state),
      keepsClaims: state.instance !== undefined && state.claim !== ClaimStatus.refused,
      isLeaving: true,
      needsDefaults: needsDefaults(state),
      title: `ClusterSetting ${nameOf(state)}`,
      step: (present, neighbours, mine, round) => {
        if (round === 0) memory = mine.reduce(withClaim, state);
        const { writes, warnings } = planRelease(present, memory, neighbours, hasWritten);
        if (round === 0) warn(state, warnings);
        const before = { ...claimOf(state, owner, instance, memory), leaving: true };
        // Restored values are not ours any more. Entries stay claimed: a writer that has read them may write them again.
        const contributed = isKept ? {} : before.contributed;
        const after = { ...before, previous: {}, contributed, defaultHashes: {}, written: {} };
        const isKnown = mine.length > 0 || Object.keys(writes).length > 0;
        return { writes, before, after: isKnown ? after : undefined };
      },
      onWrite: ({ writes }) => {
        hasWritten ||= Object.keys(writes).length > 0;
      },
    });
  });
}

/** Adds what a claim remembers. It knows the last write, even of an update whose state was never saved. */
function withClaim(state: ClusterSettingState, claim: Claim): ClusterSettingState {
  return {
    ...state,
    settings: { ...claim.contributed, ...claim.written, ...state.settings },
    previous: { ...state.previous, ...claim.previous },
    contributed: joined(state.contributed, claim.contributed),
    defaultHashes: { ...state.defaultHashes, ...claim.defaultHashes },
    written: { ...state.written, ...claim.written },
  };
}

/**
 * Restores the settings of a claim whose resource is in no state any more, as deleting the resource would. The claim
 * contains everything that the resource wrote.
 */
export async function releaseClaim(server: OpenSearchServer, clusterUuid: string, claim: Claim): Promise<void> {
  const isContribution = Object.keys(claim.contributed).length > 0;
  await release(server, {
    ...claim,
    connection: { endpoint: server.endpoint },
    settings: { ...claim.contributed, ...claim.written },
    mode: isContribution ? SettingMode.contribute : SettingMode.own,
    clusterUuid,
    claim: ClaimStatus.kept,
    schemaVersion: SCHEMA_VERSION,
  });
}
