import * as pulumi from "@pulumi/pulumi";
import { STACK_LABEL } from "./stack-label";

export { STACK_LABEL } from "./stack-label";

/** `project/stack`, the value of that label. */
export function stackLabel(): string {
  return `${pulumi.getProject()}/${pulumi.getStack()}`;
}

/**
 * Name of a Docker object. It carries project and stack, so that many stacks live on one Docker host: Docker hands out
 * a volume of a known name without a word, whoever made it.
 */
export function dockerName(component: string, part: string): string {
  return `${pulumi.getProject()}-${pulumi.getStack()}-${component}-${part}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9_.-]+/g, "-");
}

export function labels(): { label: string; value: string }[] {
  return [{ label: STACK_LABEL, value: stackLabel() }];
}
