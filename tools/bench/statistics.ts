/** What several measurements of one thing say together. */
export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/**
 * Median, smallest and largest of the samples. The median of an even number of samples is the mean of the middle two.
 *
 * @throws RangeError where there is no sample, since a median of nothing would read as a measurement.
 */
export function summarise(samples: readonly number[]): Summary {
  if (samples.length === 0) throw new RangeError("There is no sample to summarise.");
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  const middle = Math.floor(sorted.length / 2);
  const median = sorted.length % 2 === 1 ? at(middle) : (at(middle - 1) + at(middle)) / 2;
  return { median, min: at(0), max: at(sorted.length - 1) };
}

export function median(samples: readonly number[]): number {
  return summarise(samples).median;
}

/** How far apart the largest and the smallest value lie, as a share of the smallest: 0.15 is 15 %. */
export function spread(values: readonly number[]): number {
  const { min, max } = summarise(values);
  return max / min - 1;
}
