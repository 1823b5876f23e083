import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { median, spread, summarise } from "../../../tools/bench/statistics";

describe("summarise", () => {
  it("the median of an odd number is the middle one, of an even number the mean of the middle two", () => {
    expect(summarise([3, 1, 2])).toStrictEqual({ median: 2, min: 1, max: 3 });
    expect(summarise([4, 1, 3, 2])).toStrictEqual({ median: 2.5, min: 1, max: 4 });
    expect(median([10, 9])).toBe(9.5);
  });

  it("numbers are ordered as numbers, and the samples stay as they are", () => {
    const samples = [10, 9, 100];
    expect(median(samples)).toBe(10);
    expect(samples).toStrictEqual([10, 9, 100]);
  });

  it("nothing measured is an error and no number", () => {
    expect(() => summarise([])).toThrow(new RangeError("There is no sample to summarise."));
  });

  it("at least half of all samples lie on either side of the median", () => {
    const samples = fc.array(fc.double({ noNaN: true, min: 0, max: 1e9 }), { minLength: 1 });
    fc.assert(
      fc.property(samples, (values) => {
        const { median: middle, min, max } = summarise(values);
        expect(values.filter((value) => value <= middle).length * 2).toBeGreaterThanOrEqual(values.length);
        expect(values.filter((value) => value >= middle).length * 2).toBeGreaterThanOrEqual(values.length);
        expect([min <= middle, middle <= max]).toStrictEqual([true, true]);
      }),
    );
  });
});

describe("spread", () => {
  it("is the distance of the largest from the smallest, as a share of the smallest", () => {
    expect(spread([2, 2.3, 2.1])).toBeCloseTo(0.15);
    expect(spread([7])).toBe(0);
  });
});
