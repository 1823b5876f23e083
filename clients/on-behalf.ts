import { AsyncLocalStorage } from "node:async_hooks";

const storage = new AsyncLocalStorage<string>();

/** Runs a task, and everything it starts, on behalf of the resource with this URN. */
export function onBehalfOf<T>(urn: string, task: () => T): T {
  return storage.run(urn, task);
}

/** URN of the resource on whose behalf the caller runs, if any. */
export function currentUrn(): string | undefined {
  return storage.getStore();
}
