import type { World } from "../programs/world";
import { EngineStack } from "./engine-stack";

let stacks = 0;

/** A stack of one of the two sides, with a model group of its own on the cluster. */
export async function measuredStack(world: Omit<World, "group">): Promise<EngineStack> {
  stacks += 1;
  const group = `bench-${process.pid}-stack-${stacks}`;
  return await EngineStack.ofProgram(`${world.side}.js`, { world: { ...world, group } });
}

/** Makes a stack, uses it, and takes it down on success and on failure. */
export async function withStack<T>(world: Omit<World, "group">, use: (stack: EngineStack) => Promise<T>): Promise<T> {
  const stack = await measuredStack(world);
  try {
    return await use(stack);
  } finally {
    await stack.run("destroy").finally(() => stack.remove());
  }
}
