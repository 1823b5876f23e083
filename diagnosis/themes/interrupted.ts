import type { Symptom } from "../symptom";

/** What a killed `pulumi` leaves behind, in the words of its CLI and of Docker. */
export const INTERRUPTED: readonly Symptom[] = [
  {
    id: "stack-locked",
    shows: "the stack is currently locked by 1 lock(s)",
    signs: [{ says: /the stack is currently locked by \d+ lock/ }],
    cause: "Another pulumi works on this stack, or one was killed and left its lock, which names its process (pid).",
    fix: "While that process runs, wait for it. Otherwise run pulumi cancel --yes, and the command again.",
  },
  {
    id: "pending-operations",
    shows: "Attempting to deploy or update resources with 1 pending operations from previous deployment",
    signs: [{ says: /with \d+ pending operations from previous deployment/ }],
    cause:
      "A pulumi was killed, or ended by a second Ctrl+C, while it created, changed or deleted these resources. The state does not know whether that was done.",
    fix: "Run pulumi up --yes: it takes over what was made of this package's objects, and does again what was to be changed. Then pulumi refresh --clear-pending-creates --yes, or the warning of interrupted creates comes back every time. Do both before pulumi destroy: it does not know of them, and leaves what they made unless that is in its way.",
  },
  {
    id: "checkpoint-attributes",
    shows: "failed to load checkpoint: EOF",
    signs: [{ says: /failed to load checkpoint: EOF/ }],
    cause:
      "A pulumi was killed while it wrote a state that lies in a folder (pulumi whoami --verbose tells which): the file STACK.json.attrs beside it is empty, and every command stops at that. It holds nothing of the state.",
    fix: "Remove it: rm BACKEND/.pulumi/stacks/PROJECT/STACK.json.attrs. Then run pulumi cancel --yes, and pulumi up --yes.",
  },
  {
    id: "checkpoint-damaged",
    shows: "failed to load checkpoint: place 1: unexpected end of JSON input",
    signs: [{ says: /failed to load checkpoint: .*(?:unexpected end of JSON input|invalid character)/ }],
    cause:
      "The file with the stack's state, in a folder that pulumi whoami --verbose tells, is empty or damaged: the disk was full, the machine lost its power, or somebody edited it. Beside it lies the state before the last write.",
    fix: "Put that back: cp BACKEND/.pulumi/stacks/PROJECT/STACK.json.bak BACKEND/.pulumi/stacks/PROJECT/STACK.json. Then run pulumi cancel --yes, and pulumi up --yes.",
  },
  {
    id: "container-left-over",
    shows: 'Conflict. The container name "/PROJECT-STACK-chat-ollama" is already in use by container',
    signs: [{ says: /Conflict\. The container name "[^"]+" is already in use/ }],
    cause:
      "A pulumi was killed while it made the container: Docker has it, the state has not. Or a stack of the same name, in another backend, has it.",
    fix: "See whose it is: docker inspect --format '{{index .Config.Labels \"pulumi-ollama-chat.stack\"}}' NAME prints PROJECT/STACK for one of this package. Unless another backend has that stack, run docker rm --force NAME, and pulumi up --yes. Its data stay in their volume.",
  },
  {
    id: "network-left-over",
    shows: "network with name PROJECT-STACK-chat-network already exists",
    signs: [{ says: /network with name \S+ already exists/ }],
    cause: "A pulumi was killed while it made the network: Docker has it, the state has not.",
    fix: "See whose it is: docker network inspect --format '{{index .Labels \"pulumi-ollama-chat.stack\"}}' NAME prints PROJECT/STACK for one of this package. Unless another backend has that stack, run docker network rm NAME, and pulumi up --yes.",
  },
  {
    id: "left-over-in-the-way",
    shows: "timeout while waiting for state to become 'removed' (last state: 'in_use')",
    signs: [{ says: /timeout while waiting for state to become 'removed' \(last state: '(?:in_use|pending)'/ }],
    cause: "A container that the state does not know uses the volume or the network that pulumi is to remove.",
    fix: "List them: docker ps --all --filter volume=NAME (or --filter network=NAME). Remove what is left of this stack: docker rm --force NAME. Then run pulumi destroy --yes again.",
  },
];
