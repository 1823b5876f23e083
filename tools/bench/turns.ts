/** Seconds that something takes. */
export async function seconds(run: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await run();
  return (performance.now() - started) / 1000;
}

/** One round of one side: a number for each thing it measured. */
type Round = Readonly<Record<string, number>>;
type Side = () => Promise<Round>;

/** For each side and each thing it measured, one sample per round. */
export type Samples<T extends Readonly<Record<string, Side>>> = {
  readonly [K in keyof T]: { readonly [M in keyof Awaited<ReturnType<T[K]>>]: readonly number[] };
};

/**
 * Runs the sides in turns, so that whatever disturbs the machine disturbs all of them. Each round starts with another
 * side, so that none is always the first after a pause.
 */
export async function inTurns<T extends Readonly<Record<string, Side>>>(rounds: number, sides: T): Promise<Samples<T>> {
  const names = Object.keys(sides);
  const samples: Record<string, Record<string, number[]>> = Object.fromEntries(names.map((name) => [name, {}]));
  for (let round = 0; round < rounds; round += 1) {
    const first = round % names.length;
    for (const name of [...names.slice(first), ...names.slice(0, first)]) {
      const measured = (await sides[name]?.()) ?? {};
      for (const [what, value] of Object.entries(measured)) {
        const of = samples[name] ?? {};
        of[what] = [...(of[what] ?? []), value];
      }
    }
  }
  return samples as Samples<T>;
}

/**
 * The middle one of the samples; of an even number the mean of the middle two.
 *
 * @throws RangeError without a sample: a median of nothing would read as a measurement.
 */
export function median(samples: readonly number[]): number {
  if (samples.length === 0) throw new RangeError("There is no sample to take the median of.");
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [upper = Number.NaN, lower = Number.NaN] = [
    sorted[middle],
    sorted[sorted.length % 2 === 1 ? middle : middle - 1],
  ];
  return (lower + upper) / 2;
}
