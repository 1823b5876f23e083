import { expect, it } from "vitest";
import { cpusText } from "../../../../providers/shared/container-values";

it.each([
  [2, "2.0"],
  [1.5, "1.5"],
  [0.5, "0.5"],
  [0.25, "0.25"],
  [10, "10."],
  [10.5, "10.5"],
  [100, "100."],
])("%f CPUs are given as Docker's provider reads them back: %s", (cpus, text) => {
  expect(cpusText(cpus)).toBe(text);
});
