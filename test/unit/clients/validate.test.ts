import { afterEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { validate } from "../../../clients/validate";

const schema = () => z.object({ id: z.string(), parts: z.array(z.object({ n: z.number() })) });

describe("validate", () => {
  afterEach(() => vi.restoreAllMocks());

  it("compiles no schema, which zod by itself would for the first value", () => {
    const compiled = vi.spyOn(globalThis, "Function");
    schema().safeParse({ id: "a", parts: [{ n: 1 }] });
    expect(compiled).toHaveBeenCalled();
    compiled.mockClear();
    expect(validate(schema(), { id: "a", parts: [{ n: 1 }] }).success).toBe(true);
    expect(compiled).not.toHaveBeenCalled();
  });

  it("answers what the schema itself answers, values and errors alike", () => {
    for (const value of [{ id: "a", parts: [], more: 1 }, { id: 1, parts: [{ n: "x" }] }, undefined]) {
      expect(validate(schema(), value)).toEqual(schema().safeParse(value));
    }
  });
});
