import { execFile } from "node:child_process";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";

/**
 * Whether a stack label is the former name of a stack of this project: Docker objects keep their labels when a stack is
 * renamed. It is if the project has no stack of that name any more. `undefined` if that cannot be found out.
 */
export async function isFormerStack(label: string): Promise<boolean | undefined> {
  const [project, stack] = [label.slice(0, label.lastIndexOf("/")), label.slice(label.lastIndexOf("/") + 1)];
  if (project !== pulumi.getProject()) return false;
  const stacks = await stacksOfProject();
  return stacks && !stacks.includes(stack);
}

const stacksAnswer = z.array(z.object({ name: z.string() }));

/** Names of the project's stacks, from the `pulumi` command, which knows the backend. */
async function stacksOfProject(): Promise<string[] | undefined> {
  return await new Promise((resolve) => {
    execFile("pulumi", ["stack", "ls", "--json", "--non-interactive"], { timeout: 20_000 }, (error, stdout) => {
      const found = error === null ? stacksAnswer.safeParse(jsonOf(stdout)) : undefined;
      resolve(found?.data?.map(({ name }) => name.slice(name.lastIndexOf("/") + 1)));
    });
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
