/**
 * What Pulumi's CLI and Docker say after a `pulumi` that was killed, in place of NAME what differs from run to run;
 * `test/engine/left-overs.test.ts` and `left-overs-docker.test.ts` have them said.
 */
export const KILLED_WORDS = {
  locked: {
    row: "stack-locked",
    says: "the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.",
  },
  pending: {
    row: "pending-operations",
    says: "Attempting to deploy or update resources with 1 pending operations from previous deployment.",
  },
  "empty attributes": { row: "checkpoint-attributes", says: "failed to load checkpoint: EOF" },
  "empty state": {
    row: "checkpoint-damaged",
    says: "failed to load checkpoint: place 1: unexpected end of JSON input",
  },
  "zeroed state": {
    row: "checkpoint-damaged",
    says: "failed to load checkpoint: place 1: invalid character '\\x00' looking for beginning of value",
  },
  container: {
    row: "container-left-over",
    says: 'Conflict. The container name "/NAME" is already in use by container',
  },
  network: { row: "network-left-over", says: "network with name NAME already exists" },
  "volume in use": {
    row: "left-over-in-the-way",
    says: "timeout while waiting for state to become 'removed' (last state: 'in_use', timeout: 30s)",
  },
  "network in use": {
    row: "left-over-in-the-way",
    says: "timeout while waiting for state to become 'removed' (last state: 'pending', timeout: 30s)",
  },
} as const;
