interface Load {
  readonly requests: number;
  /** How many requests are under way at once. */
  readonly callers: number;
}

/** Answers a second, all callers together. A request that fails ends the measurement. */
export async function perSecond(send: () => Promise<unknown>, { requests, callers }: Load): Promise<number> {
  let left = requests;
  const call = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await send();
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: callers }, call));
  return requests / ((performance.now() - started) / 1000);
}
