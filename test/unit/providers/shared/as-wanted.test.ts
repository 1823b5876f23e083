import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asWanted } from "../../../../providers/shared/compare";

describe("asWanted", () => {
  it.each([
    ["a number that the server keeps as text", { limit: 10, unit: "DAYS" }, { limit: "10", unit: "DAYS" }],
    ["members that the server filled in", { on: true }, { on: true, model_ttl_minutes: -1 }],
    ["the same at any depth", { a: { b: { c: 1 } } }, { a: { b: { c: "1", d: 2 }, e: 3 } }],
    ["a schema that the server keeps as text", { input: { type: "object" } }, { input: '{ "type": "object" }' }],
    ["a list", { regex: ["a", "b"] }, { regex: ["a", "b"] }],
  ])("%s is no difference", (_what, wanted, found) => {
    expect(asWanted(wanted, found)).toStrictEqual(wanted);
  });

  it.each([
    ["another number", { limit: 10 }, { limit: "11" }, { limit: "11" }],
    ["a member that is gone", { a: 1, b: 2 }, { a: 1 }, { a: 1 }],
    ["everything gone", { a: 1 }, undefined, undefined],
    ["another schema", { input: { type: "object" } }, { input: '{"type":"array"}' }, { input: '{"type":"array"}' }],
    ["a text that is no JSON", { input: { a: 1 } }, { input: "{" }, { input: "{" }],
    ["another list", { regex: ["a"] }, { regex: ["a", "b"] }, { regex: ["a", "b"] }],
    ["an object where a text was wanted", "x", { a: 1 }, { a: 1 }],
  ])("%s is a difference", (_what, wanted, found, shown) => {
    expect(asWanted(wanted, found)).toStrictEqual(shown);
  });

  it("what the server shows as it was sent is never a difference", () => {
    const json = fc.jsonValue();
    fc.assert(
      fc.property(json, (value) => {
        expect(asWanted(value, structuredClone(value))).toStrictEqual(value);
      }),
    );
  });
});
