import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { backend } from "../providers/shared/backend";
import type { DockerAt } from "../providers/shared/docker-address";
import { type DockerVolume, volumesWith } from "../providers/shared/docker-host";
import { isFormerStack } from "./former-stack";
import { STACK_LABEL } from "./stack-label";

/** Label of a volume that says which Pulumi backend its stack is in, as a hash. */
export const BACKEND_LABEL = "pulumi-ollama-chat.backend";

/** Value of that label for stacks of this backend. */
export function backendMark(): string {
  return createHash("sha256").update(backend()).digest("hex").slice(0, 8);
}

/** A volume with a generated name. */
export interface WantedVolume {
  /** Name of the component, for messages. */
  readonly component: string;
  /** The argument that names a volume, such as `opensearch.volume`. */
  readonly argument: string;
  readonly docker: DockerAt;
  /** The volume's name for a stack of this name. */
  readonly nameFor: (stack: string) => string;
}

/**
 * Name of a volume that outlives its stack. A stack that was renamed, destroyed and brought up again has another name but
 * wants its data back. So a volume of the same component is taken if no container uses it, its stack is in this backend,
 * and the project has no stack of that name any more. Anything less certain is only reported.
 */
export async function retainedVolume(wanted: WantedVolume): Promise<string> {
  const own = wanted.nameFor(pulumi.getStack());
  const all = (await volumesWith(STACK_LABEL, wanted.docker)) ?? [];
  if (all.some(({ name }) => name === own)) return own;
  const left: DockerVolume[] = [];
  for (const volume of all.filter((each) => isOfComponent(each, wanted))) {
    if (await isFormerStack(volume.labels[STACK_LABEL] ?? "")) left.push(volume);
  }
  const warn = (text: string) => void pulumi.log.warn(`OllamaChatStack ${JSON.stringify(wanted.component)}: ${text}`);
  const [certain, another] = left.filter(({ labels }) => labels[BACKEND_LABEL] === backendMark());
  if (certain !== undefined && another === undefined && !certain.isUsed) {
    warn(
      `the volume ${certain.name} is used again. It was kept when the stack ${certain.labels[STACK_LABEL]} was destroyed, and this project has no stack of that name any more. To start with an empty volume, set ${wanted.argument} to a new name.`,
    );
    return certain.name;
  }
  // One in use may be this stack's under its former name, which the state keeps.
  if (left.length === 0 || left.some(({ isUsed }) => isUsed)) return own;
  const names = left.map(({ name }) => name).join(", ");
  warn(
    `the volume ${own} is new and empty. Volumes are left of stacks that this project no longer has: ${names}. To use the data in one of them, set ${wanted.argument} to its name.`,
  );
  return own;
}

/** Whether a volume has the name that its stack gave it for this component, and may be of this backend. */
function isOfComponent({ name, labels }: DockerVolume, { nameFor }: WantedVolume): boolean {
  const label = labels[STACK_LABEL] ?? "";
  const mark = labels[BACKEND_LABEL];
  return name === nameFor(label.slice(label.lastIndexOf("/") + 1)) && (mark === undefined || mark === backendMark());
}
