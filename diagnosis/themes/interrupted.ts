import type { Symptom } from "../symptom";

/** What a killed `pulumi` leaves behind, in the words of its CLI and of Docker. */
export const INTERRUPTED: readonly Symptom[] = [
  {
    id: "stack-locked",
    shows: "the stack is currently locked by 1 lock(s)",
    signs: [{ says: /the stack is currently locked by \d+ lock/ }],
    cause:
      "Another pulumi is working on this stack, or one was killed and left its lock, which names its process (pid).",
    fix: "If that process is still running, wait for it. Otherwise run pulumi cancel --yes, then the command again.",
  },
  {
    id: "pending-operations",
    shows: "Attempting to deploy or update resources with 1 pending operations from previous deployment",
    signs: [{ says: /with \d+ pending operations from previous deployment/ }],
    cause:
      "A pulumi was killed, or ended by a second Ctrl+C, while it created, changed or deleted these resources. The state does not show whether that succeeded.",
    fix: "Run pulumi up --yes: it takes over this package's objects that were created, and repeats the changes. Then run pulumi refresh --clear-pending-creates --yes, or the warning about interrupted creates appears every time. Do both before pulumi destroy, which does not know these objects and would leave them behind.",
  },
  {
    id: "checkpoint-attributes",
    shows: "failed to load checkpoint: EOF",
    signs: [{ says: /failed to load checkpoint: EOF/ }],
    cause:
      "A pulumi was killed while it wrote a state in a local folder (pulumi whoami --verbose shows it). The file STACK.json.attrs beside the state is empty, and every command fails on it. It contains nothing of the state.",
    fix: "Remove it: rm BACKEND/.pulumi/stacks/PROJECT/STACK.json.attrs. Then run pulumi cancel --yes and pulumi up --yes.",
  },
  {
    id: "checkpoint-damaged",
    shows: "failed to load checkpoint: place 1: unexpected end of JSON input",
    signs: [{ says: /failed to load checkpoint: .*(?:unexpected end of JSON input|invalid character)/ }],
    cause:
      "The stack's state file, in the folder that pulumi whoami --verbose shows, is empty or damaged: the disk was full, the machine lost power, or somebody edited it. The state before the last write is beside it.",
    fix: "Restore it: cp BACKEND/.pulumi/stacks/PROJECT/STACK.json.bak BACKEND/.pulumi/stacks/PROJECT/STACK.json. Then run pulumi cancel --yes and pulumi up --yes.",
  },
  {
    id: "container-left-over",
    shows: 'Conflict. The container name "/PROJECT-STACK-chat-ollama" is already in use by container',
    signs: [{ says: /Conflict\. The container name "[^"]+" is already in use/ }],
    cause:
      "A pulumi was killed while it created the container: it exists in Docker, but not in the state. Or it belongs to a stack of the same name in another backend.",
    fix: "Find out whose it is: docker inspect --format '{{index .Config.Labels \"pulumi-ollama-chat.stack\"}}' NAME prints PROJECT/STACK for a container of this package. Unless another backend has that stack, run docker rm --force NAME and pulumi up --yes. The data is kept in its volume.",
  },
  {
    id: "network-left-over",
    shows: "network with name PROJECT-STACK-chat-network already exists",
    signs: [{ says: /network with name \S+ already exists/ }],
    cause: "A pulumi was killed while it created the network: it exists in Docker, but not in the state.",
    fix: "Find out whose it is: docker network inspect --format '{{index .Labels \"pulumi-ollama-chat.stack\"}}' NAME prints PROJECT/STACK for a network of this package. Unless another backend has that stack, run docker network rm NAME and pulumi up --yes.",
  },
  {
    id: "left-over-in-the-way",
    shows: "timeout while waiting for state to become 'removed' (last state: 'in_use')",
    signs: [{ says: /timeout while waiting for state to become 'removed' \(last state: '(?:in_use|pending)'/ }],
    cause: "A container that is not in the state uses the volume or network that pulumi wants to remove.",
    fix: "List such containers: docker ps --all --filter volume=NAME (or --filter network=NAME). Remove those of this stack: docker rm --force NAME. Then run pulumi destroy --yes again.",
  },
];
