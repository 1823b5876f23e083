/** Seconds that something takes. */
export async function seconds(run: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await run();
  return (performance.now() - started) / 1000;
}

/**
 * Times several sides in turns, so that what disturbs the machine hits all of them alike; each round begins with
 * another side, so that none is always the first after a pause.
 */
export async function inTurns<K extends string>(
  rounds: number,
  sides: Readonly<Record<K, () => Promise<unknown>>>,
): Promise<Record<K, number[]>> {
  const names = Object.keys(sides) as K[];
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<K, number[]>;
  for (let round = 0; round < rounds; round += 1) {
    const shift = round % names.length;
    for (const name of [...names.slice(shift), ...names.slice(0, shift)]) {
      samples[name].push(await seconds(sides[name]));
    }
  }
  return samples;
}
