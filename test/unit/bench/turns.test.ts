import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inTurns, median } from "../../../tools/bench/turns";

describe("inTurns", () => {
  it("each round starts with another side, and each side has a sample of everything it measured", async () => {
    const order: string[] = [];
    const side = (name: string) => async () => {
      order.push(name);
      return { up: order.length, again: 0 };
    };
    const samples = await inTurns(3, { ours: side("ours"), bare: side("bare") });
    expect(order).toStrictEqual(["ours", "bare", "bare", "ours", "ours", "bare"]);
    expect(samples).toStrictEqual({
      ours: { up: [1, 4, 5], again: [0, 0, 0] },
      bare: { up: [2, 3, 6], again: [0, 0, 0] },
    });
  });
});

describe("median", () => {
  it("is the middle one of an odd number, the mean of the middle two of an even number", () => {
    expect([median([3, 1, 2]), median([4, 1, 3, 2]), median([10, 9, 100])]).toStrictEqual([2, 2.5, 10]);
  });

  it("of nothing is an error", () => {
    expect(() => median([])).toThrow(new RangeError("There is no sample to take the median of."));
  });

  it("has at least half of all samples on either side", () => {
    const samples = fc.array(fc.double({ noNaN: true, min: 0, max: 1e9 }), { minLength: 1 });
    fc.assert(
      fc.property(samples, (values) => {
        const middle = median(values);
        expect(values.filter((value) => value <= middle).length * 2).toBeGreaterThanOrEqual(values.length);
        expect(values.filter((value) => value >= middle).length * 2).toBeGreaterThanOrEqual(values.length);
      }),
    );
  });
});
