import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Draw, seedOf } from "../../chaos/draw";

describe("draws", () => {
  it("are the same for the same seed, and others for another", () => {
    const drawn = (seed: number) => {
      const draw = new Draw(seed);
      return Array.from({ length: 20 }, () => draw.whole(1, 1000));
    };
    expect(drawn(7)).toEqual(drawn(7));
    expect(drawn(7)).not.toEqual(drawn(8));
  });

  it("stay within their bounds, and reach them", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (seed) => {
        const draw = new Draw(seed);
        const drawn = new Set(Array.from({ length: 200 }, () => draw.whole(3, 5)));
        expect([...drawn].sort()).toEqual([3, 4, 5]);
      }),
    );
  });

  it("choose among what there is", () => {
    const draw = new Draw(1);
    const chosen = new Set(Array.from({ length: 100 }, () => draw.of(["a", "b", "c"])));
    expect([...chosen].sort()).toEqual(["a", "b", "c"]);
  });

  it("have a seed of their own for each trial of each part", () => {
    const seeds = ["kills", "lives"].flatMap((part) => Array.from({ length: 200 }, (_, i) => seedOf(1, part, i)));
    expect(new Set(seeds).size).toBe(400);
    expect(seedOf(1, "kills", 3)).toBe(seedOf(1, "kills", 3));
  });
});
