import * as pulumi from "@pulumi/pulumi";

/** Label that says which stack a container, network or volume belongs to. */
export const STACK_LABEL = "pulumi-ollama-chat.stack";

/** `project/stack`, the value of that label. */
export function stackLabel(): string {
  return `${pulumi.getProject()}/${pulumi.getStack()}`;
}

/** Name of a Docker object: it carries the stack's name, so that two stacks live on one Docker host. */
export function dockerName(component: string, part: string): string {
  return `${component}-${pulumi.getStack()}-${part}`.toLowerCase().replaceAll(/[^a-z0-9_.-]+/g, "-");
}

export function labels(): { label: string; value: string }[] {
  return [{ label: STACK_LABEL, value: stackLabel() }];
}
