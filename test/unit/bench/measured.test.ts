import { describe, expect, it } from "vitest";
import { Measured } from "../../../tools/bench/measured";

describe("Measured", () => {
  it("a figure has its samples, median and range, in four digits", () => {
    const measured = new Measured();
    expect(measured.figure("up", "ours", "s", [1.23456, 3, 2.00001], 50)).toStrictEqual({
      what: "up",
      side: "ours",
      at: 50,
      unit: "s",
      samples: [1.235, 3, 2],
      median: 2,
      min: 1.235,
      max: 3,
    });
    expect(measured.median("up", "ours", 50)).toBe(2);
  });

  it("the median of what was not measured is an error", () => {
    const measured = new Measured();
    measured.figure("up", "ours", "s", [1], 50);
    expect(() => measured.median("up", "ours", 10)).toThrow(new Error("No figure up of ours at 10."));
    expect(() => measured.median("up", "floor")).toThrow(new Error("No figure up of floor."));
  });

  it.each([
    ["at most", 1.15, 1.15, true],
    ["at most", 1.1501, 1.15, false],
    ["at least", 8, 8, true],
    ["at least", 7.99, 8, false],
  ] as const)("%s: %d against %d is met: %s", (is, value, limit, met) => {
    const measured = new Measured();
    measured.verdict("ours ÷ bare", value, "ratio", { is, value: limit });
    expect(measured.verdicts).toMatchObject([{ met }]);
  });

  it("a missed target is judged by what was measured, not by what is shown", () => {
    const measured = new Measured();
    measured.verdict("ours ÷ bare", 1.15004, "ratio", { is: "at most", value: 1.15 });
    expect(measured.verdicts).toMatchObject([{ value: 1.15, met: false }]);
  });

  it("without a target a number is published as it is", () => {
    const measured = new Measured();
    measured.verdict("ours", 3, "count");
    expect(measured.verdicts).toStrictEqual([{ name: "ours", value: 3, unit: "count" }]);
  });
});
