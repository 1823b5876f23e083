import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SettingValue } from "../../../../clients/opensearch/cluster";
import { settingsAsSeen } from "../../../../providers/cluster-setting/plan";
import { apply, FakeSettings, release } from "./fake-settings";

const KEYS = ["a.scalar", "b.scalar", "c.list", "d.list"] as const;
const entry = fc.constantFrom("p", "q", "r", "s", "t");
const list = fc.uniqueArray(entry, { minLength: 1 });
const scalar = fc.constantFrom("1", "2", "true");
const values = (extra?: fc.Arbitrary<SettingValue>) =>
  fc.record(
    {
      "a.scalar": extra ? fc.oneof(scalar, extra) : scalar,
      "b.scalar": extra ? fc.oneof(scalar, extra) : scalar,
      "c.list": list,
      "d.list": list,
    },
    { requiredKeys: [], noNullPrototype: true },
  );
const world = fc.record({ defaults: values(), persistent: values(), settings: values(fc.constant(null)) });
const modes = fc.constantFrom("own", "contribute");

describe("for any settings", () => {
  it("apply and release leave everything as it was", () => {
    fc.assert(
      fc.property(world, modes, ({ defaults, persistent, settings }, mode) => {
        const server = new FakeSettings(defaults, persistent);
        const { state } = apply(server, { mode, settings });
        release(server, state);
        expect(server.persistent).toStrictEqual(persistent);
      }),
    );
  });

  it("apply, change and release leave everything as it was", () => {
    fc.assert(
      fc.property(world, values(), modes, ({ defaults, persistent, settings }, later, mode) => {
        const server = new FakeSettings(defaults, persistent);
        const first = apply(server, { mode, settings });
        const second = apply(server, { mode, settings: later }, first.state);
        release(server, second.state);
        expect(server.persistent).toStrictEqual(persistent);
      }),
    );
  });

  it("a second apply writes nothing, and shows what the program says", () => {
    fc.assert(
      fc.property(world, modes, ({ defaults, persistent, settings }, mode) => {
        const server = new FakeSettings(defaults, persistent);
        const { state } = apply(server, { mode, settings });
        expect(settingsAsSeen(server.shown(), state)).toStrictEqual({ settings });
        expect(apply(server, { mode, settings }, state).writes).toStrictEqual({});
      }),
    );
  });

  it("two contributors, released in any order, leave in force what was in force", () => {
    const lists = fc.record({ "c.list": list, "d.list": list }, { requiredKeys: [], noNullPrototype: true });
    fc.assert(
      fc.property(world, lists, lists, fc.boolean(), ({ defaults, persistent }, one, two, firstGoesFirst) => {
        const server = new FakeSettings(defaults, persistent);
        const a = apply(server, { mode: "contribute", settings: one }).state;
        const b = apply(server, { mode: "contribute", settings: two }).state;
        for (const state of firstGoesFirst ? [a, b] : [b, a]) release(server, state);
        const before = new FakeSettings(defaults, persistent);
        const inForce = (settings: FakeSettings) => KEYS.map((key) => settings.effective(key) ?? []);
        expect(inForce(server)).toStrictEqual(inForce(before));
      }),
    );
  });

  it("two contributors, the later released first, leave every value as it was", () => {
    const lists = fc.record({ "c.list": list, "d.list": list }, { requiredKeys: [], noNullPrototype: true });
    fc.assert(
      fc.property(world, lists, lists, ({ defaults, persistent }, one, two) => {
        const server = new FakeSettings(defaults, persistent);
        const a = apply(server, { mode: "contribute", settings: one }).state;
        const b = apply(server, { mode: "contribute", settings: two }).state;
        release(server, b);
        release(server, a);
        expect(server.persistent).toStrictEqual(persistent);
      }),
    );
  });
});
