import { describe, expect, it } from "vitest";
import { clusterSettingLifecycle as lifecycle } from "../../providers/cluster-setting/lifecycle";
import { PartialFailure } from "../../providers/shared/lifecycle";
import { created, eachInItsOwnWorld, failureOf, updated, urn } from "./lifecycle-support";

const world = eachInItsOwnWorld();

const REGEX = "plugins.ml_commons.trusted_connector_endpoints_regex";
const PRIVATE = "plugins.ml_commons.connector.private_ip_enabled";
/** Since 3.7: what 3.6.0 does not know. */
const NEWER = "plugins.ml_commons.trusted_connector_private_endpoints_regex";
/** Empty unless it is set, as the newer list is. */
const KNOWN_LIST = "transport.tracer.include";

function inputs(settings: Record<string, unknown>, more: Record<string, unknown> = {}) {
  return { connection: world().connection, owner: urn("ClusterSetting", "s"), settings, ...more };
}

const byHand = (scope: string, settings: object) => world().api("PUT", "/_cluster/settings", { [scope]: settings });

describe("cluster settings", () => {
  it("live: written, read without a difference, changed, restored", async () => {
    await byHand("persistent", { [PRIVATE]: "false" });
    const setting = await created(lifecycle, inputs({ [PRIVATE]: true, [REGEX]: ["^a$"] }));
    expect(await world().persistent()).toStrictEqual({ [PRIVATE]: "true", [REGEX]: ["^a$"] });
    expect(await lifecycle.read(setting.id, setting.state)).toStrictEqual({
      state: setting.state,
      inputs: setting.inputs,
    });
    const later = await updated(lifecycle, setting, inputs({ [PRIVATE]: true, [REGEX]: ["^b$"] }));
    expect(await world().persistent()).toStrictEqual({ [PRIVATE]: "true", [REGEX]: ["^b$"] });
    expect(later.state.revision).not.toBe(setting.state.revision);
    expect(lifecycle.diff(later.id, later.state, later.inputs)).toStrictEqual({ changes: false });
    await lifecycle.delete(later.id, later.state);
    expect(await world().persistent()).toStrictEqual({ [PRIVATE]: "false" });
    await lifecycle.delete(later.id, later.state);
    expect(await world().persistent()).toStrictEqual({ [PRIVATE]: "false" });
  });

  it("the revision is known in the preview, equal for equal settings, and says nothing of how they are reached", async () => {
    const revision = (news: object) => lifecycle.check(news, {}).inputs.revision;
    expect(revision(inputs({ [PRIVATE]: true }))).toMatch(/^[0-9a-f]{16}$/);
    expect(revision(inputs({ [PRIVATE]: "true" }))).toBe(revision(inputs({ [PRIVATE]: true })));
    expect(revision(inputs({ [PRIVATE]: true }, { timeouts: { createSeconds: 1 } }))).toBe(
      revision(inputs({ [PRIVATE]: true })),
    );
    expect(revision(inputs({ [PRIVATE]: false }))).not.toBe(revision(inputs({ [PRIVATE]: true })));
  });

  it("in mode own one text for a list is kept as one text, as the server does, and shows no difference", async () => {
    const setting = await created(lifecycle, inputs({ [REGEX]: "^http://a$,^http://b$" }, { mode: "own" }));
    expect(await world().persistent()).toStrictEqual({ [REGEX]: "^http://a$,^http://b$" });
    expect((await lifecycle.read(setting.id, setting.state))?.state).toStrictEqual(setting.state);
    await lifecycle.delete(setting.id, setting.state);
    expect(await world().persistent()).toStrictEqual({});
  });

  it("a dropped key goes back, a foreign key is never touched", async () => {
    await byHand("persistent", { "cluster.max_shards_per_node": "999" });
    const setting = await created(lifecycle, inputs({ [PRIVATE]: true, [REGEX]: ["^a$"] }));
    const later = await updated(lifecycle, setting, inputs({ [PRIVATE]: true }));
    expect(await world().persistent()).toStrictEqual({ [PRIVATE]: "true", "cluster.max_shards_per_node": "999" });
    await lifecycle.delete(later.id, later.state);
    expect(await world().persistent()).toStrictEqual({ "cluster.max_shards_per_node": "999" });
  });

  it("a value that somebody changed is shown, and stays theirs on delete with a warning", async () => {
    const setting = await created(lifecycle, inputs({ [PRIVATE]: true }));
    await byHand("persistent", { [PRIVATE]: "false" });
    const read = await lifecycle.read(setting.id, setting.state);
    expect(read?.inputs.settings).toStrictEqual({ [PRIVATE]: "false" });
    await lifecycle.delete(setting.id, setting.state);
    expect(await world().persistent()).toStrictEqual({ [PRIVATE]: "false" });
    expect(world().lines).toStrictEqual([
      `warning: ClusterSetting s: ${PRIVATE} was changed to "false" by somebody else, so it is left as it is`,
    ]);
  });

  it("after a refresh took note of the change, a delete still leaves it", async () => {
    const setting = await created(lifecycle, inputs({ [PRIVATE]: true }));
    await byHand("persistent", { [PRIVATE]: "false" });
    const read = await lifecycle.read(setting.id, setting.state);
    await lifecycle.delete(setting.id, read?.state ?? expect.unreachable());
    expect(await world().persistent()).toStrictEqual({ [PRIVATE]: "false" });
  });

  it("two contributors at once share one list, and each takes only its own away, in any order", async () => {
    const before = await world().persistent();
    const names = ["a", "b", "c"];
    const all = await Promise.all(
      names.map((name) =>
        created(
          lifecycle,
          inputs({ [REGEX]: [`^${name}$`] }, { mode: "contribute", owner: urn("ClusterSetting", name) }),
        ),
      ),
    );
    const { [REGEX]: list } = (await world().persistent()) as Record<string, string[]>;
    expect(list).toEqual(expect.arrayContaining(["^a$", "^b$", "^c$"]));
    const [a, b, c] = all;
    for (const one of [b, c, a]) await lifecycle.delete(one?.id ?? "", one?.state ?? expect.unreachable());
    const { [REGEX]: left, ...others } = (await world().persistent()) as Record<string, string[]>;
    expect(others).toStrictEqual(before);
    expect(left ?? []).not.toEqual(expect.arrayContaining(["^a$"]));
    expect(left ?? []).not.toEqual(expect.arrayContaining(["^b$"]));
    expect(left ?? []).not.toEqual(expect.arrayContaining(["^c$"]));
  });

  it.each([
    ["the order in which they came", [0, 1]],
    ["the reverse order", [1, 0]],
  ])("two contributors that leave in %s leave the list unset, as it was", async (_order, leaving) => {
    const contributor = (name: string) =>
      created(
        lifecycle,
        inputs({ [REGEX]: [`^${name}$`] }, { mode: "contribute", owner: urn("ClusterSetting", name) }),
      );
    const both = [await contributor("a"), await contributor("b")];
    for (const i of leaving) await lifecycle.delete(both[i]?.id ?? "", both[i]?.state ?? expect.unreachable());
    expect(await world().persistent()).toStrictEqual({});
  });

  it("a contributor keeps the server's own list in force, and leaves it unset behind", async () => {
    const setting = await created(lifecycle, inputs({ [REGEX]: ["^a$"] }, { mode: "contribute" }));
    const { [REGEX]: list = [] } = (await world().persistent()) as Record<string, string[]>;
    expect(list.length).toBeGreaterThan(1);
    expect(list.at(-1)).toBe("^a$");
    await lifecycle.delete(setting.id, setting.state);
    expect(await world().persistent()).toStrictEqual({});
  });

  it("the transient scope is written, and a transient value over a persistent one reported", async () => {
    const over = await created(lifecycle, inputs({ [PRIVATE]: false }, { scope: "transient" }));
    const under = await created(lifecycle, inputs({ [PRIVATE]: true }, { owner: urn("ClusterSetting", "under") }));
    expect(world().lines).toStrictEqual([
      `warning: ClusterSetting under: ${PRIVATE} is set in the transient scope to "false", which wins over this value`,
    ]);
    await lifecycle.delete(over.id, over.state);
    await lifecycle.delete(under.id, under.state);
    expect(await world().persistent()).toStrictEqual({});
  });

  it("a default that is written out changes nothing on the server, not even for a moment", async () => {
    const setting = await created(lifecycle, inputs({ [PRIVATE]: true }));
    world().cluster.faults.add({ match: { method: "PUT" }, times: 9, action: { kind: "status", status: 400 } });
    await updated(lifecycle, setting, inputs({ [PRIVATE]: true }, { mode: "own", scope: "persistent" }));
    expect(await world().persistent()).toStrictEqual({ [PRIVATE]: "true" });
  });

  it("another scope moves the value", async () => {
    const setting = await created(lifecycle, inputs({ [PRIVATE]: true }));
    const moved = await updated(lifecycle, setting, inputs({ [PRIVATE]: true }, { scope: "transient" }));
    expect(await world().persistent()).toStrictEqual({});
    const { transient } = await world().api("GET", "/_cluster/settings?flat_settings=true");
    expect(transient).toStrictEqual({ [PRIVATE]: "true" });
    await lifecycle.delete(moved.id, moved.state);
  });

  it("a key that this version does not know is skipped under whenKnown", async () => {
    const setting = await created(lifecycle, inputs({ [PRIVATE]: true }, { whenKnown: { [NEWER]: ["^a$"] } }));
    expect(await world().persistent()).toStrictEqual({ [PRIVATE]: "true" });
    expect(await lifecycle.read(setting.id, setting.state)).toStrictEqual({
      state: setting.state,
      inputs: setting.inputs,
    });
    await lifecycle.delete(setting.id, setting.state);
    expect(await world().persistent()).toStrictEqual({});
  });

  it("and refused under settings, all of them, with the way out", async () => {
    const failure = await failureOf(created(lifecycle, inputs({ [PRIVATE]: true, "plugins.ml_commons.nope": 1 })));
    expect(failure.message).toBe(
      [
        'ClusterSetting "s": create failed: PUT /_cluster/settings answered 400 settings_exception: persistent setting [plugins.ml_commons.nope], not recognized',
        "  cause: This version of OpenSearch or its plugins does not have this setting.",
        "  fix: Check the spelling of the key and the server's version.",
      ].join("\n"),
    );
    expect(await world().persistent()).toStrictEqual({});
  });

  it("a write whose answer was lost is repeated, and remembers what was before", async () => {
    await byHand("persistent", { [PRIVATE]: "false" });
    world().cluster.faults.add({ match: { method: "PUT" }, nth: 2, action: { kind: "drop-response" } });
    const setting = await created(lifecycle, inputs({ [PRIVATE]: true }));
    await lifecycle.delete(setting.id, setting.state);
    expect(await world().persistent()).toStrictEqual({ [PRIVATE]: "false" });
  });

  it("a write that was made before all went silent is in the state, so that it can be taken back", async () => {
    await byHand("persistent", { [PRIVATE]: "false" });
    world().cluster.faults.add({ match: { method: "PUT" }, nth: 2, times: 9, action: { kind: "drop-response" } });
    const failure = await failureOf(created(lifecycle, inputs({ [PRIVATE]: true })));
    world().cluster.faults.clear();
    expect(await world().persistent()).toStrictEqual({ [PRIVATE]: "true" });
    if (!(failure instanceof PartialFailure)) return expect.unreachable(failure.message);
    await lifecycle.delete(failure.id, failure.state as Parameters<typeof lifecycle.delete>[1]);
    expect(await world().persistent()).toStrictEqual({ [PRIVATE]: "false" });
  });

  it("a list under whenKnown that this version does know is contributed to, and left as it was", async () => {
    const more = { mode: "contribute", whenKnown: { [KNOWN_LIST]: ["cluster:a"] } };
    const setting = await created(lifecycle, inputs({ [PRIVATE]: true }, more));
    expect(await world().persistent()).toStrictEqual({ [PRIVATE]: "true", [KNOWN_LIST]: ["cluster:a"] });
    await lifecycle.delete(setting.id, setting.state);
    expect(await world().persistent()).toStrictEqual({});
  });
});
