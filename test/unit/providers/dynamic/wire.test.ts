import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { wireClean, wireProperties, withoutProvider } from "../../../../providers/dynamic/wire";

describe("properties on the engine's wire", () => {
  it("an undefined member is dropped at any depth", () => {
    expect(wireProperties({ a: undefined, b: { c: undefined, d: [{ e: undefined }] } })).toStrictEqual({
      b: { d: [{}] },
    });
  });

  it("an undefined item of a list becomes null, so that the others keep their places", () => {
    expect(wireClean([1, undefined, 3])).toStrictEqual([1, null, 3]);
  });

  it.each([
    [{ a: Number.NaN }, "a is NaN; only finite numbers can be stored in the state."],
    [{ a: { b: Number.POSITIVE_INFINITY } }, "a.b is Infinity; only finite numbers can be stored in the state."],
    [{ a: [1, () => 1] }, "a[1] is a function, which cannot be stored in the state."],
    [{ a: 1n }, "a is a bigint, which cannot be stored in the state."],
    [{ a: { b: Symbol("s") } }, "a.b is a symbol, which cannot be stored in the state."],
  ])("what the wire cannot carry is refused by its path: $1", (properties, message) => {
    expect(() => wireProperties(properties)).toThrow(new TypeError(message));
  });

  it("a bare value is named as such", () => {
    expect(() => wireClean(Number.NaN)).toThrow("value is NaN; only finite numbers can be stored in the state.");
  });

  it("a member called __proto__ is data like any other", () => {
    const sent = JSON.parse('{"a":{"__proto__":{"b":1},"c":2}}') as object;
    expect(JSON.stringify(wireProperties(sent))).toBe('{"a":{"__proto__":{"b":1},"c":2}}');
  });

  it("any JSON arrives as it was sent", () => {
    const json = fc.jsonValue({ noNullPrototype: true } as fc.JsonSharedConstraints);
    fc.assert(
      fc.property(json, (value) => {
        expect(JSON.stringify(wireClean(value))).toBe(JSON.stringify(value));
      }),
    );
  });

  it("the provider's text never reaches a lifecycle", () => {
    expect(withoutProvider({ a: 1, __provider: "exports.handler = …" })).toStrictEqual({ a: 1 });
    expect(withoutProvider(undefined)).toStrictEqual({});
    expect(withoutProvider(null)).toStrictEqual({});
    expect(withoutProvider("text")).toStrictEqual({});
  });
});
