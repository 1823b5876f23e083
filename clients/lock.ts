const tails = new Map<string, Promise<unknown>>();

/**
 * Runs one task at a time for each key inside this process, in the order of the calls. All resources of an update
 * share one provider process, so this is enough to keep our own writes from colliding.
 */
export async function oneAtATime<T>(key: string, task: () => Promise<T>): Promise<T> {
  const before = tails.get(key) ?? Promise.resolve();
  const mine = before.then(task, task);
  const tail = mine.catch(() => undefined);
  tails.set(key, tail);
  try {
    return await mine;
  } finally {
    if (tails.get(key) === tail) tails.delete(key);
  }
}
