import { describe, expect, it, vi } from "vitest";
import { toResourceProvider } from "../../../../providers/dynamic/adapter";
import { type Lifecycle, PartialFailure } from "../../../../providers/shared/lifecycle";

type Bag = Record<string, unknown>;

const TEXT = 'exports.handler = () => require("x");';

function provider(parts: Partial<Lifecycle<Bag, Bag>>) {
  const unused = () => expect.unreachable("this method was not to be called");
  return toResourceProvider<Bag, Bag>({
    check: unused,
    diff: unused,
    create: unused,
    read: unused,
    update: unused,
    delete: unused,
    ...parts,
  });
}

interface Failure extends Error {
  id?: unknown;
  properties?: unknown;
  reasons?: unknown;
}

async function failureOf(promise: Promise<unknown> | undefined): Promise<Failure> {
  const outcome = await Promise.resolve(promise).then(
    () => "it succeeded",
    (error: unknown) => error,
  );
  if (!(outcome instanceof Error)) return expect.unreachable(`no Error left the adapter, but ${String(outcome)}`);
  return outcome;
}

describe("what a lifecycle is given", () => {
  it("inputs and states come without the provider's text", async () => {
    const check = vi.fn((news: unknown) => ({ inputs: news as Bag, failures: [] }));
    const update = vi.fn(async () => ({}));
    const subject = provider({ check, update });
    await subject.check?.({ a: 1, __provider: TEXT }, { a: 2, __provider: TEXT });
    await subject.update?.("id", { a: 1, __provider: TEXT }, { a: 2, __provider: TEXT });
    expect(check).toHaveBeenCalledWith({ a: 2 }, { a: 1 });
    expect(update).toHaveBeenCalledWith("id", { a: 1 }, { a: 2 });
  });

  it("missing olds of a first check are an empty object", async () => {
    const check = vi.fn(() => ({ inputs: {}, failures: [] }));
    await provider({ check }).check?.(undefined as unknown as Bag, { a: 2 });
    expect(check).toHaveBeenCalledWith({ a: 2 }, {});
  });
});

describe("what the engine is given", () => {
  it("a replacement that has to delete first is told as one, and no other", async () => {
    const answers = async (deleteBeforeReplace?: boolean) =>
      await provider({ diff: () => ({ changes: true, replaces: ["a"], deleteBeforeReplace }) }).diff?.("id", {}, {});
    expect(await answers(true)).toStrictEqual({ changes: true, replaces: ["a"], deleteBeforeReplace: true });
    expect(await answers(false)).toStrictEqual({ changes: true, replaces: ["a"] });
    expect(await answers()).toStrictEqual({ changes: true, replaces: ["a"] });
  });

  it("a failing check names no property, since the engine would print the whole of it, secrets in the clear", async () => {
    const failures = [{ property: "connection", reason: "connection.endpoint is missing: must be text" }];
    const subject = provider({ check: () => ({ inputs: {}, failures }) });
    expect((await subject.check?.({}, {}))?.failures).toStrictEqual([
      { property: "", reason: "connection.endpoint is missing: must be text" },
    ]);
  });

  it("undefined is dropped from the answers of check, create, read and update", async () => {
    const messy = { a: 1, b: undefined, c: { d: undefined } };
    const clean = { a: 1, c: {} };
    const subject = provider({
      check: () => ({ inputs: messy, failures: [{ property: "a", reason: "a is 1: must be 2" }] }),
      create: async () => ({ id: "id", state: messy }),
      read: async () => ({ state: messy, inputs: messy }),
      update: async () => messy,
    });
    expect(await subject.check?.({}, {})).toStrictEqual({
      inputs: clean,
      failures: [{ property: "", reason: "a is 1: must be 2" }],
    });
    expect(await subject.create({})).toStrictEqual({ id: "id", outs: clean });
    expect(await subject.read?.("id", {})).toStrictEqual({ id: "id", props: clean, inputs: clean });
    expect(await subject.update?.("id", {}, {})).toStrictEqual({ outs: clean });
  });

  it("diff always names its replacements, none included", async () => {
    expect(await provider({ diff: () => ({ changes: false }) }).diff?.("id", {}, {})).toStrictEqual({
      changes: false,
      replaces: [],
    });
    expect(await provider({ diff: () => ({ changes: true, replaces: ["name"] }) }).diff?.("id", {}, {})).toStrictEqual({
      changes: true,
      replaces: ["name"],
    });
  });

  it("a thing that is gone is read as {}", async () => {
    expect(await provider({ read: async () => undefined }).read?.("id", {})).toStrictEqual({});
  });

  it.each([
    [{ a: Number.NaN }, "a is NaN; only finite numbers can be stored in the state."],
    [{ a: () => 1 }, "a is a function, which cannot be stored in the state."],
    [{ a: 1n }, "a is a bigint, which cannot be stored in the state."],
  ])("a state that the wire would change is an error: $1", async (state, message) => {
    const failure = await failureOf(provider({ create: async () => ({ id: "id", state }) }).create({}));
    expect(failure.message).toBe(message);
    expect(failure.stack).toBe("");
  });

  it.each([
    ["", '""'],
    [undefined, "undefined"],
    [7, "7"],
  ])("an id that is no text, or empty, is refused (%j)", async (id, shown) => {
    const create = async () => ({ id: id as string, state: {} });
    const failure = await failureOf(provider({ create }).create({}));
    expect(failure.message).toBe(`The server answered no usable id (${shown}), so the resource cannot be tracked.`);
  });
});

describe("failures", () => {
  it("a plain failure keeps its message and prints no stack", async () => {
    const failing = async () => {
      throw new TypeError("first line\nsecond line");
    };
    const subject = provider({ create: failing, read: failing, update: failing, delete: failing });
    const calls = [
      subject.create({}),
      subject.read?.("i", {}),
      subject.update?.("i", {}, {}),
      subject.delete?.("i", {}),
    ];
    for (const call of calls) {
      const failure = await failureOf(call);
      expect(failure.message).toBe("first line\nsecond line");
      expect(failure.stack).toBe("");
      expect(Object.keys(failure)).not.toContain("id");
    }
  });

  it("a failure of check or diff prints no stack either", async () => {
    const failing = () => {
      throw new TypeError("broken");
    };
    const subject = provider({ check: failing, diff: failing });
    for (const call of [subject.check?.({}, {}), subject.diff?.("i", {}, {})]) {
      const failure = await failureOf(call);
      expect(failure.message).toBe("broken");
      expect(failure.stack).toBe("");
    }
  });

  it("a thrown text becomes an Error, which the engine would print as undefined", async () => {
    const create = () => Promise.reject("plain text");
    expect((await failureOf(provider({ create }).create({}))).message).toBe("plain text");
  });

  it("an error without a message gets one", async () => {
    const create = () => Promise.reject(new Error(""));
    expect((await failureOf(provider({ create }).create({}))).message).toBe("The operation failed without a message.");
  });

  it("a partial failure carries id, clean properties with the provider's text, and its message as the reason", async () => {
    const create = () => Promise.reject(new PartialFailure("made", { a: 1, b: undefined }, new Error("half done")));
    const failure = await failureOf(provider({ create }).create({ a: 2, __provider: TEXT }));
    expect(failure).toBeInstanceOf(Error);
    expect(failure.message).toBe("half done");
    expect(failure.stack).toBe("");
    expect(failure.id).toBe("made");
    expect(failure.reasons).toStrictEqual(["half done"]);
    expect(failure.properties).toStrictEqual({ a: 1, __provider: TEXT });
  });

  it("a partial failure of update takes the provider's text from the new inputs", async () => {
    const update = () => Promise.reject(new PartialFailure("made", { a: 1 }, "no answer"));
    const failure = await failureOf(
      provider({ update }).update?.("made", { __provider: "old" }, { a: 2, __provider: TEXT }),
    );
    expect(failure.reasons).toStrictEqual(["no answer"]);
    expect(failure.properties).toStrictEqual({ a: 1, __provider: TEXT });
  });

  it("a partial failure holds no undefined, which would hang the engine, even where there is no provider's text", async () => {
    const create = () => Promise.reject(new PartialFailure("made", { a: 1 }, new Error("half done")));
    const failure = await failureOf(provider({ create }).create({}));
    expect(failure.properties).toStrictEqual({ a: 1 });
  });

  it("a partial failure whose state the wire cannot carry still leaves as an Error without a stack", async () => {
    const create = () => Promise.reject(new PartialFailure("made", { a: Number.NaN }, new Error("half done")));
    const failure = await failureOf(provider({ create }).create({}));
    expect(failure.message).toBe("a is NaN; only finite numbers can be stored in the state.");
    expect(failure.stack).toBe("");
  });
});
