import { describe, expect, it } from "vitest";
import { needsDefaults, settingsAsSeen } from "../../../../providers/cluster-setting/plan";
import { apply, FakeSettings, release } from "./fake-settings";

const REGEX = "plugins.ml_commons.trusted_connector_endpoints_regex";
const PRIVATE = "plugins.ml_commons.connector.private_ip_enabled";
const NEWER = "plugins.ml_commons.trusted_connector_private_endpoints_regex";
const CLOUD = ["^https://cloud-a$", "^https://cloud-b$"];
const DEFAULTS = { [REGEX]: CLOUD, [PRIVATE]: "false" };

describe("own", () => {
  it("writes texts, as the server keeps them, and remembers what was there", () => {
    const server = new FakeSettings(DEFAULTS, { "a.b": "old" });
    const { writes, state, warnings } = apply(server, { settings: { [PRIVATE]: true, "a.b": 7, "l.l": ["x", 1] } });
    expect(writes).toStrictEqual({ [PRIVATE]: "true", "a.b": "7", "l.l": ["x", "1"] });
    expect(state.previous).toStrictEqual({ [PRIVATE]: null, "a.b": "old", "l.l": null });
    expect(warnings).toStrictEqual([]);
  });

  it("writes nothing that is so already, though it is said otherwise", () => {
    const server = new FakeSettings(DEFAULTS, { [PRIVATE]: "true", "l.l": ["1"] });
    expect(apply(server, { settings: { [PRIVATE]: true, "l.l": [1], "n.n": null } }).writes).toStrictEqual({});
  });

  it("a second run keeps the memory of the first", () => {
    const server = new FakeSettings(DEFAULTS, { "a.b": "old" });
    const first = apply(server, { settings: { "a.b": "one" } });
    const second = apply(server, { settings: { "a.b": "two" } }, first.state);
    expect(second.state.previous).toStrictEqual({ "a.b": "old" });
    release(server, second.state);
    expect(server.persistent).toStrictEqual({ "a.b": "old" });
  });

  it("a key that is dropped goes back at once, and is forgotten", () => {
    const server = new FakeSettings(DEFAULTS, { "a.b": "old" });
    const first = apply(server, { settings: { "a.b": "one", "c.d": "x" } });
    const second = apply(server, { settings: { "c.d": "x" } }, first.state);
    expect(second.writes).toStrictEqual({ "a.b": "old" });
    expect(second.state.previous).toStrictEqual({ "c.d": null });
    expect(server.persistent).toStrictEqual({ "a.b": "old", "c.d": "x" });
  });

  it("a value that somebody changed since stays theirs, with a warning", () => {
    const server = new FakeSettings(DEFAULTS);
    const { state } = apply(server, { settings: { "a.b": "ours", "c.d": "ours" } });
    server.put("persistent", { "a.b": "theirs" });
    expect(release(server, state)).toStrictEqual({
      writes: { "c.d": null },
      warnings: ['a.b was changed to "theirs" by somebody else, so it is left as it is'],
    });
    expect(server.persistent).toStrictEqual({ "a.b": "theirs" });
  });

  it("a dropped key that somebody changed since is left alone too", () => {
    const server = new FakeSettings(DEFAULTS);
    const first = apply(server, { settings: { "a.b": "ours", "c.d": "x" } });
    server.put("persistent", { "a.b": "theirs" });
    const second = apply(server, { settings: { "c.d": "x" } }, first.state);
    expect(second.writes).toStrictEqual({});
    expect(second.warnings).toStrictEqual(['a.b was changed to "theirs" by somebody else, so it is left as it is']);
  });

  it.each([
    ["previous", { "a.b": "old" }],
    ["default", {}],
    ["keep", { "a.b": "ours" }],
  ])("restoreOnDelete %s", (restoreOnDelete, left) => {
    const server = new FakeSettings(DEFAULTS, { "a.b": "old" });
    const { state } = apply(server, { settings: { "a.b": "ours" }, restoreOnDelete });
    release(server, state);
    expect(server.persistent).toStrictEqual(left);
  });

  it("null unsets a key, and the delete brings it back", () => {
    const server = new FakeSettings(DEFAULTS, { "a.b": "old" });
    const { writes, state } = apply(server, { settings: { "a.b": null } });
    expect(writes).toStrictEqual({ "a.b": null });
    release(server, state);
    expect(server.persistent).toStrictEqual({ "a.b": "old" });
  });

  it("the transient scope is read and written alone", () => {
    const server = new FakeSettings(DEFAULTS, { "a.b": "persistent" });
    const { state } = apply(server, { settings: { "a.b": "ours" }, scope: "transient" });
    expect(server.transient).toStrictEqual({ "a.b": "ours" });
    release(server, state);
    expect(server.transient).toStrictEqual({});
    expect(server.persistent).toStrictEqual({ "a.b": "persistent" });
  });
});

describe("a transient value over ours", () => {
  it("is reported", () => {
    const server = new FakeSettings(DEFAULTS);
    server.put("transient", { [PRIVATE]: "false" });
    expect(apply(server, { settings: { [PRIVATE]: true } }).warnings).toStrictEqual([
      `${PRIVATE} is set in the transient scope to "false", which wins over this value`,
    ]);
  });

  it("is not reported where it is equal, nor where ours is the transient one", () => {
    const server = new FakeSettings(DEFAULTS);
    server.put("transient", { [PRIVATE]: "true" });
    expect(apply(server, { settings: { [PRIVATE]: true } }).warnings).toStrictEqual([]);
    expect(apply(server, { settings: { [PRIVATE]: false }, scope: "transient" }).warnings).toStrictEqual([]);
  });
});

describe("a transient list over our contribution", () => {
  const wanted = { mode: "contribute", settings: { [REGEX]: ["^ours$"] } };

  it("is reported where it lacks our entries, and only then", () => {
    const server = new FakeSettings(DEFAULTS);
    server.put("transient", { [REGEX]: ["^theirs$", "^ours$"] });
    expect(apply(server, wanted).warnings).toStrictEqual([]);
    server.put("transient", { [REGEX]: ["^theirs$"] });
    expect(apply(server, wanted).warnings).toStrictEqual([
      `${REGEX} is set in the transient scope to ["^theirs$"], which wins over this value`,
    ]);
  });
});

describe("contribute", () => {
  const mode = "contribute";

  it("adds to what is in force and takes back only that", () => {
    const server = new FakeSettings(DEFAULTS);
    const { state } = apply(server, { mode, settings: { [REGEX]: ["^ours$"] } });
    expect(server.persistent).toStrictEqual({ [REGEX]: [...CLOUD, "^ours$"] });
    expect(state.contributed).toStrictEqual({ [REGEX]: ["^ours$"] });
    release(server, state);
    expect(server.persistent).toStrictEqual({});
  });

  it("keeps what somebody added since", () => {
    const server = new FakeSettings(DEFAULTS);
    const { state } = apply(server, { mode, settings: { [REGEX]: ["^ours$"] } });
    server.put("persistent", { [REGEX]: [...CLOUD, "^ours$", "^theirs$"] });
    release(server, state);
    expect(server.persistent).toStrictEqual({ [REGEX]: [...CLOUD, "^theirs$"] });
  });

  it("never takes an entry that was there before", () => {
    const server = new FakeSettings(DEFAULTS, { [REGEX]: ["^shared$"] });
    const { state, writes } = apply(server, { mode, settings: { [REGEX]: ["^shared$"] } });
    expect(writes).toStrictEqual({});
    expect(state.contributed).toStrictEqual({ [REGEX]: [] });
    release(server, state);
    expect(server.persistent).toStrictEqual({ [REGEX]: ["^shared$"] });
  });

  it("an entry that is replaced by another goes, the others stay", () => {
    const server = new FakeSettings(DEFAULTS);
    const first = apply(server, { mode, settings: { [REGEX]: ["^one$", "^both$"] } });
    const second = apply(server, { mode, settings: { [REGEX]: ["^both$", "^two$"] } }, first.state);
    expect(server.persistent).toStrictEqual({ [REGEX]: [...CLOUD, "^both$", "^two$"] });
    expect(second.state.contributed).toStrictEqual({ [REGEX]: ["^both$", "^two$"] });
    release(server, second.state);
    expect(server.persistent).toStrictEqual({});
  });

  it("an entry of ours that somebody removed is put back by the next run", () => {
    const server = new FakeSettings(DEFAULTS);
    const { state } = apply(server, { mode, settings: { [REGEX]: ["^ours$"] } });
    server.put("persistent", { [REGEX]: CLOUD });
    expect(settingsAsSeen(server.shown(), state).settings).toStrictEqual({ [REGEX]: [] });
    const again = apply(server, { mode, settings: { [REGEX]: ["^ours$"] } }, state);
    expect(again.writes).toStrictEqual({ [REGEX]: [...CLOUD, "^ours$"] });
  });

  it("single values are owned in this mode too", () => {
    const server = new FakeSettings(DEFAULTS);
    const { state } = apply(server, { mode, settings: { [PRIVATE]: true } });
    release(server, state);
    expect(server.persistent).toStrictEqual({});
  });

  it("restoreOnDelete keep leaves the entries, too", () => {
    const server = new FakeSettings(DEFAULTS);
    const { state } = apply(server, { mode, restoreOnDelete: "keep", settings: { [REGEX]: ["^ours$"] } });
    release(server, state);
    expect(server.persistent).toStrictEqual({ [REGEX]: [...CLOUD, "^ours$"] });
  });

  it("writes nothing where all of it is in force already, so that no default gets frozen", () => {
    const server = new FakeSettings(DEFAULTS);
    const { writes } = apply(server, { mode, settings: { [REGEX]: [CLOUD[1]] } });
    expect(writes).toStrictEqual({});
  });

  it("in the transient scope it adds to the persistent list, which it would hide", () => {
    const server = new FakeSettings(DEFAULTS, { [REGEX]: ["^theirs$"] });
    const { state } = apply(server, { mode, scope: "transient", settings: { [REGEX]: ["^ours$"] } });
    expect(server.transient).toStrictEqual({ [REGEX]: ["^theirs$", "^ours$"] });
    release(server, state);
    expect(server.transient).toStrictEqual({});
  });

  it("a list that somebody wrote as one text is understood as the server does, cut at its commas", () => {
    const server = new FakeSettings(DEFAULTS, { [REGEX]: "^a$, ^b$" });
    const { state } = apply(server, { mode, settings: { [REGEX]: ["^ours$"] } });
    expect(server.persistent).toStrictEqual({ [REGEX]: ["^a$", "^b$", "^ours$"] });
    release(server, state);
    expect(server.persistent).toStrictEqual({ [REGEX]: "^a$, ^b$" });
  });
});

describe("whenKnown", () => {
  const wanted = { mode: "contribute", settings: { [PRIVATE]: true }, whenKnown: { [NEWER]: ["^ours$"] } };

  it("a key that the server does not know is skipped, in both directions", () => {
    const server = new FakeSettings(DEFAULTS);
    const { state, writes } = apply(server, wanted);
    expect(writes).toStrictEqual({ [PRIVATE]: "true" });
    expect(settingsAsSeen(server.shown(), state)).toStrictEqual({
      settings: wanted.settings,
      whenKnown: wanted.whenKnown,
    });
    expect(release(server, state)).toStrictEqual({ writes: { [PRIVATE]: null }, warnings: [] });
  });

  it("a key that it knows is treated as any other", () => {
    const server = new FakeSettings({ ...DEFAULTS, [NEWER]: [] });
    const { state, writes } = apply(server, wanted);
    expect(writes).toStrictEqual({ [PRIVATE]: "true", [NEWER]: ["^ours$"] });
    release(server, state);
    expect(server.persistent).toStrictEqual({});
  });
});

describe("what the server shows", () => {
  it("is told in the program's own form where both mean the same", () => {
    const server = new FakeSettings(DEFAULTS);
    const settings = { [PRIVATE]: true, "a.b": 7, "l.l": [1, "x"], "n.n": null };
    const { state } = apply(server, { settings });
    expect(settingsAsSeen(server.shown(), state)).toStrictEqual({ settings });
  });

  it("names what differs", () => {
    const server = new FakeSettings(DEFAULTS);
    const { state } = apply(server, { settings: { [PRIVATE]: true, "a.b": 7 } });
    server.put("persistent", { [PRIVATE]: "false", "a.b": null });
    expect(settingsAsSeen(server.shown(), state).settings).toStrictEqual({ [PRIVATE]: "false", "a.b": null });
  });

  it("foreign entries of a contributed list are no difference", () => {
    const server = new FakeSettings(DEFAULTS);
    const { state } = apply(server, { mode: "contribute", settings: { [REGEX]: ["^ours$"] } });
    server.put("persistent", { [REGEX]: ["^ours$", "^theirs$"] });
    expect(settingsAsSeen(server.shown(), state).settings).toStrictEqual({ [REGEX]: ["^ours$"] });
  });
});

describe("the server's defaults", () => {
  it("are asked for where others add to a list, or a setting may be unknown, and are not needed elsewhere", () => {
    const mode = "contribute";
    expect(needsDefaults({ mode, settings: { [REGEX]: ["^ours$"] } })).toBe(true);
    expect(needsDefaults({ settings: { [PRIVATE]: true }, whenKnown: { [NEWER]: ["^ours$"] } })).toBe(true);
    expect(needsDefaults({ mode, settings: { [PRIVATE]: true }, whenKnown: {} })).toBe(false);
    expect(needsDefaults({ settings: { [REGEX]: ["^ours$"], [PRIVATE]: true } })).toBe(false);
  });
});
