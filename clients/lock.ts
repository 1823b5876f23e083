import { clockMs, trace } from "./trace";

const tails = new Map<string, Promise<unknown>>();

/**
 * Runs one task at a time for each key inside this process, in the order of the calls. All resources of an update
 * share one provider process, so this is enough to keep our own writes from colliding.
 */
export async function oneAtATime<T>(key: string, task: () => Promise<T>): Promise<T> {
  const before = tails.get(key);
  const mine = before === undefined ? Promise.resolve().then(task) : before.then(queued(key, task));
  const tail = mine.catch(() => undefined);
  tails.set(key, tail);
  try {
    return await mine;
  } finally {
    if (tails.get(key) === tail) tails.delete(key);
  }
}

/** The task as it runs when its turn comes. */
function queued<T>(key: string, task: () => Promise<T>): () => Promise<T> {
  const startMs = clockMs();
  return () => {
    trace(startMs, { kind: "wait", waitingFor: `the turn at ${key}`, looks: 0 });
    return task();
  };
}
