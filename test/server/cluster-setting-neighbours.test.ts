import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { clusterSettingLifecycle as lifecycle } from "../../providers/cluster-setting/lifecycle";
import type { TestCluster } from "../support/opensearch/test-cluster";
import { created, eachInItsOwnWorld, urn } from "./lifecycle-support";

const world = eachInItsOwnWorld();

const REGEX = "plugins.ml_commons.trusted_connector_endpoints_regex";
const PRIVATE = "plugins.ml_commons.connector.private_ip_enabled";

const KNOWN_LIST = "transport.tracer.include";

/** Each stack works on the same server in a process of its own. */
interface Stack {
  readonly name: string;
  readonly cluster: TestCluster;
}

describe("stacks on one cluster", () => {
  const stacks: Stack[] = [];

  beforeEach(() => {
    stacks.length = 0;
  });

  afterEach(async () => {
    await Promise.all(stacks.map(({ cluster }) => cluster.close()));
  });

  async function stack(name: string): Promise<Stack> {
    const made = { name, cluster: await world().cluster.beside() };
    stacks.push(made);
    return made;
  }

  /** Trusts one model server and opens the cluster to private addresses, as `OllamaChatStack` does. */
  async function up({ name, cluster }: Stack, entry: string) {
    const connection = { ...world().connection, endpoint: cluster.url };
    const settings = { [REGEX]: [entry], [PRIVATE]: true };
    return await created(lifecycle, { connection, owner: urn("ClusterSetting", name), mode: "contribute", settings });
  }

  type Made = Awaited<ReturnType<typeof up>>;
  const down = ({ id, state }: Made) => lifecycle.delete(id, state);

  const foreign = ["^https://somebody-elses$"];

  it.each(["abc", "acb", "bac", "bca", "cab", "cba"])(
    "that need the same model server keep it trusted until the last one goes, in the order %s",
    async (order) => {
      await world().api("PUT", "/_cluster/settings", { persistent: { [REGEX]: foreign, [PRIVATE]: "false" } });
      const made = new Map<string, Made>();
      for (const name of "abc") made.set(name, await up(await stack(name), "^http://ollama$"));
      expect(await world().claimants()).toEqual(["a", "b", "c"]);
      for (const [gone, name] of [...order].entries()) {
        expect(await world().persistent()).toEqual({ [REGEX]: [...foreign, "^http://ollama$"], [PRIVATE]: "true" });
        await down(made.get(name) as Made);
        expect(await world().claimants()).toEqual(
          [..."abc"].filter((each) => !order.slice(0, gone + 1).includes(each)),
        );
      }
      expect(await world().persistent()).toEqual({ [REGEX]: foreign, [PRIVATE]: "false" });
    },
  );

  it("that come after one another give back what was before the first, not what the first had set", async () => {
    const first = await up(await stack("first"), "^http://one$");
    const second = await up(await stack("second"), "^http://two$");
    await down(first);
    await down(second);
    expect(await world().persistent()).toEqual({});
    expect(await world().claimants()).toEqual([]);
  });

  it.each([1, 2, 3, 4])(
    "at once, up and down again and again, lose nothing and leave nothing (seed %i)",
    async (seed) => {
      const before = seed % 2 === 0 ? { [REGEX]: foreign, [PRIVATE]: "false" } : {};
      await world().api("PUT", "/_cluster/settings", { persistent: before });
      const pauses = fc.sample(fc.nat(30), { numRuns: 200, seed });
      const pause = () => sleep(pauses.pop() ?? 0);
      const writers = await Promise.all(Array.from({ length: 8 }, (_, i) => stack(`w${i}`)));
      let looks = 0;
      const live = async (writer: Stack, i: number) => {
        // Some need the same model server.
        const entry = `^http://model-${i % 5}$`;
        for (let round = 0; round < 3; round += 1) {
          await pause();
          const made = await up(writer, entry);
          const isThere = { [REGEX]: expect.arrayContaining([entry]), [PRIVATE]: "true" };
          expect(await world().persistent()).toMatchObject(isThere);
          looks += 1;
          await pause();
          await down(made);
        }
      };
      await Promise.all(writers.map(live));
      expect(looks).toBe(24);
      expect(await world().persistent()).toEqual(before);
      expect(await world().claimants()).toEqual([]);
    },
  );

  it("a resource that was renamed takes its claim along", async () => {
    const one = await stack("old-name");
    const made = await up(one, "^http://one$");
    const renamed = {
      ...made.inputs,
      owner: urn("ClusterSetting", "new-name"),
      settings: { [REGEX]: ["^http://two$"] },
    };
    const state = await lifecycle.update(made.id, made.state, lifecycle.check(renamed, {}).inputs);
    expect(await world().claimants()).toEqual(["new-name"]);
    await lifecycle.delete(made.id, state);
    expect([await world().persistent(), await world().claimants()]).toEqual([{}, []]);
  });

  it("a claim that somebody removed shows as drift, and the next update puts it back", async () => {
    const made = await up(await stack("one"), "^http://one$");
    await world().api("PUT", "/_cluster/settings", { persistent: { "cluster.metadata.*": null } });
    const seen = await lifecycle.read(made.id, made.state);
    if (seen === undefined) return expect.unreachable("the settings are there");
    expect(lifecycle.diff(made.id, seen.state, made.inputs)).toEqual({ changes: true });
    const healed = await lifecycle.update(made.id, seen.state, made.inputs);
    expect(await world().claimants()).toEqual(["one"]);
    expect(lifecycle.diff(made.id, healed, made.inputs)).toEqual({ changes: false });
  });
});

describe("a state of 0.1, which knows of no claims", () => {
  async function older() {
    const settings = { [REGEX]: ["^http://ours$"], [PRIVATE]: true };
    const owner = urn("ClusterSetting", "s");
    await world().api("PUT", "/_cluster/settings", { persistent: { [PRIVATE]: "false" } });
    const made = await created(lifecycle, { connection: world().connection, owner, mode: "contribute", settings });
    await world().api("PUT", "/_cluster/settings", { persistent: { "cluster.metadata.*": null } });
    const { claim: _c, instance: _i, ...state } = made.state;
    return { ...made, state };
  }

  it("shows no change in a preview, and a delete gives everything back", async () => {
    const { id, state, inputs } = await older();
    expect(lifecycle.diff(id, state, inputs)).toEqual({ changes: false });
    await lifecycle.delete(id, state);
    expect([await world().persistent(), await world().claimants()]).toEqual([{ [PRIVATE]: "false" }, []]);
  });

  it("gets its claim with the first update after a refresh, and remembers what it knew", async () => {
    const { id, state, inputs } = await older();
    const seen = await lifecycle.read(id, state);
    if (seen === undefined) return expect.unreachable("the settings are there");
    expect(lifecycle.diff(id, seen.state, inputs)).toEqual({ changes: true });
    const now = await lifecycle.update(id, seen.state, inputs);
    expect(await world().claimants()).toEqual(["s"]);
    await lifecycle.delete(id, now);
    expect([await world().persistent(), await world().claimants()]).toEqual([{ [PRIVATE]: "false" }, []]);
  });
});

describe("a run that was cut off", () => {
  const inputs = (settings: Record<string, unknown>) => ({
    connection: { ...world().connection, maxRetries: 0 },
    owner: urn("ClusterSetting", "s"),
    mode: "contribute",
    settings,
  });
  const before = { [REGEX]: ["^http://theirs$"], [PRIVATE]: "false" };
  const wanted = { [REGEX]: ["^http://ours$"], [PRIVATE]: true };

  beforeEach(async () => {
    await world().api("PUT", "/_cluster/settings", { persistent: before });
  });

  it.each([
    ["the answer to the write is lost", { method: "PUT" }, { kind: "drop-response" }],
    ["the write is done and answered 502", { method: "PUT" }, { kind: "rewrite", status: 502, answer: () => ({}) }],
    [
      "the look after the write is answered 500",
      { method: "GET", path: "/_cluster/settings" },
      { kind: "status", status: 500 },
    ],
  ] as const)("after the write, without a state, remembers what was before: %s", async (_how, match, action) => {
    // The first write announces the second one, which a look at both precedes.
    world().cluster.faults.add({ match, nth: match.method === "GET" ? 3 : 2, action });
    const { inputs: checked } = lifecycle.check(inputs(wanted), {});
    await expect(lifecycle.create(checked)).rejects.toThrow('ClusterSetting "s": create failed');
    expect(await world().persistent()).toMatchObject({ [PRIVATE]: "true" });
    const again = await created(lifecycle, inputs(wanted));
    expect(await world().claimants()).toEqual(["s"]);
    await lifecycle.delete(again.id, again.state);
    expect([await world().persistent(), await world().claimants()]).toEqual([before, []]);
  });

  it("whose program was edited before the next run leaves nothing of the first", async () => {
    world().cluster.faults.add({ match: { method: "PUT" }, nth: 2, action: { kind: "drop-response" } });
    const { inputs: checked } = lifecycle.check(inputs(wanted), {});
    await expect(lifecycle.create(checked)).rejects.toThrow();
    const edited = await created(lifecycle, inputs({ [REGEX]: ["^http://edited$"] }));
    expect(await world().persistent()).toEqual({ ...before, [REGEX]: ["^http://theirs$", "^http://edited$"] });
    await lifecycle.delete(edited.id, edited.state);
    expect([await world().persistent(), await world().claimants()]).toEqual([before, []]);
  });

  it("in an update leaves nothing to a destroy with the state from before", async () => {
    const { id, state } = await created(lifecycle, inputs(wanted));
    const { inputs: edited } = lifecycle.check(inputs({ [REGEX]: ["^http://edited$"], [PRIVATE]: true }), {});
    world().cluster.faults.add({ match: { method: "PUT" }, nth: 2, action: { kind: "drop-response" } });
    await expect(lifecycle.update(id, state, edited)).rejects.toThrow('ClusterSetting "s": update failed');
    expect(await world().persistent()).toMatchObject({ [REGEX]: ["^http://theirs$", "^http://edited$"] });
    await lifecycle.delete(id, state);
    expect([await world().persistent(), await world().claimants()]).toEqual([before, []]);
  });

  it("leaves its claim to its own stack, not to one of the same name in another backend", async () => {
    world().cluster.faults.add({ match: { method: "PUT" }, nth: 2, action: { kind: "drop-response" } });
    const { inputs: checked } = lifecycle.check(inputs(wanted), {});
    await expect(lifecycle.create(checked)).rejects.toThrow();
    vi.stubEnv("PULUMI_BACKEND_URL", "https://pulumi.example.com");
    const twin = await created(lifecycle, inputs({ [REGEX]: ["^http://twins$"] }));
    expect(await world().claimants()).toEqual(["s", "s"]);
    await lifecycle.delete(twin.id, twin.state);
    vi.unstubAllEnvs();
    const again = await created(lifecycle, inputs(wanted));
    expect(await world().claimants()).toEqual(["s"]);
    await lifecycle.delete(again.id, again.state);
    expect([await world().persistent(), await world().claimants()]).toEqual([before, []]);
  });

  it("an answer that says nothing of the settings is not taken for settings that are not there", async () => {
    world().cluster.faults.add({
      match: { method: "GET", path: "/_cluster/settings" },
      action: { kind: "rewrite", answer: () => ({}) },
    });
    const { inputs: checked } = lifecycle.check(inputs(wanted), {});
    await expect(lifecycle.create(checked)).rejects.toThrow("answered in a form that is not understood");
    expect([await world().persistent(), await world().claimants()]).toEqual([before, []]);
  });
});

describe("the claim of a killed run that came late", () => {
  /** Puts a second claim of the resource beside its own, as a request does that was on its way when its sender died. */
  async function late(more: Record<string, unknown>): Promise<void> {
    const { persistent } = await world().api("GET", "/_cluster/settings?flat_settings=true");
    const entries = Object.entries(persistent as Record<string, string>);
    const [key, text] = entries.find(([each]) => each.startsWith("cluster.metadata.")) ?? expect.unreachable("a claim");
    const claim = JSON.parse(text) as { instance: string };
    const other = { ...claim, instance: "aaaaaaaaaaaa", ...more };
    const name = key.replace(claim.instance, other.instance);
    await world().api("PUT", "/_cluster/settings", { persistent: { [name]: JSON.stringify(other) } });
    expect(await world().claimants()).toEqual(["s", "s"]);
  }

  const CLAIMS: [string, Record<string, unknown>][] = [
    ["an announcement", { writing: "bbbbbbbbbbbb" }],
    ["a whole one", {}],
  ];

  it.each(CLAIMS)("%s, goes with the resource", async (_what, more) => {
    const inputs = { connection: world().connection, owner: urn("ClusterSetting", "s"), mode: "contribute" };
    const made = await created(lifecycle, { ...inputs, settings: { [REGEX]: ["^ours$"] } });
    await late(more);
    await lifecycle.delete(made.id, made.state);
    expect([await world().persistent(), await world().claimants()]).toEqual([{}, []]);
  });

  it.each(CLAIMS)("%s, is seen by a refresh, and the update after it takes it away", async (_what, more) => {
    const inputs = { connection: world().connection, owner: urn("ClusterSetting", "s"), mode: "contribute" };
    const made = await created(lifecycle, { ...inputs, settings: { [REGEX]: ["^ours$"] } });
    await late(more);
    const read = (await lifecycle.read(made.id, made.state)) ?? expect.unreachable("it is there");
    expect(lifecycle.diff(made.id, read.state, made.inputs).changes).toBe(true);
    const state = await lifecycle.update(made.id, read.state, made.inputs);
    expect(await world().claimants()).toEqual(["s"]);
    expect((await lifecycle.read(made.id, state))?.state).toStrictEqual(state);
    expect(lifecycle.diff(made.id, state, made.inputs).changes).toBe(false);
    await lifecycle.delete(made.id, state);
    expect([await world().persistent(), await world().claimants()]).toEqual([{}, []]);
  });
});

describe("a replacement that somebody forced", () => {
  it("leaves the new resource's claim when the old one goes", async () => {
    const inputs = { connection: world().connection, owner: urn("ClusterSetting", "s"), mode: "contribute" };
    const old = await created(lifecycle, { ...inputs, settings: { [REGEX]: ["^ours$"] } });
    const made = await created(lifecycle, { ...inputs, settings: { [REGEX]: ["^ours$"] } });
    const opened = await world().persistent();
    await lifecycle.delete(old.id, old.state);
    expect([await world().persistent(), await world().claimants()]).toEqual([opened, ["s"]]);
    await lifecycle.delete(made.id, made.state);
    expect([await world().persistent(), await world().claimants()]).toEqual([{}, []]);
  });
});

describe("the same project and stack name in another backend", () => {
  it("is a neighbour: it takes no claim over, and nothing away when it goes", async () => {
    const settings = { [REGEX]: ["^shared$"] };
    const inputs = { connection: world().connection, owner: urn("ClusterSetting", "s"), mode: "contribute", settings };
    const ours = await created(lifecycle, inputs);
    const opened = await world().persistent();
    expect(opened[REGEX]).toContain("^shared$");
    vi.stubEnv("PULUMI_BACKEND_URL", "https://pulumi.example.com");
    const theirs = await created(lifecycle, inputs);
    expect(await world().claimants()).toEqual(["s", "s"]);
    await lifecycle.delete(theirs.id, theirs.state);
    vi.unstubAllEnvs();
    expect([await world().persistent(), await world().claimants()]).toEqual([opened, ["s"]]);
    await lifecycle.delete(ours.id, ours.state);
    expect([await world().persistent(), await world().claimants()]).toEqual([{}, []]);
  });
});

describe("what is refused", () => {
  it("one text where others add entries to a list, with nothing written", async () => {
    // The preview knows only some keys for lists; the server shows what the others are.
    const settings = { [KNOWN_LIST]: "ours" };
    const connection = world().connection;
    const owner = urn("ClusterSetting", "s");
    const { inputs } = lifecycle.check({ connection, owner, mode: "contribute", settings }, {});
    await expect(lifecycle.create(inputs)).rejects.toThrow(
      `ClusterSetting "s": create failed: settings.${KNOWN_LIST} is "ours", but on this server it is a list, to which others may add.`,
    );
    expect([await world().persistent(), await world().claimants()]).toEqual([{}, []]);
  });
});

describe("a service that keeps no claims", () => {
  it("is told once, and the state alone remembers", async () => {
    const refused = {
      error: { type: "settings_exception", reason: "cluster.metadata is not allowed here" },
      status: 400,
    };
    world().cluster.faults.add({ match: { method: "PUT" }, action: { kind: "status", status: 400, body: refused } });
    const connection = world().connection;
    const owner = urn("ClusterSetting", "s");
    const made = await created(lifecycle, { connection, owner, mode: "contribute", settings: { [REGEX]: ["^ours$"] } });
    expect(made.state.claim).toBe("refused");
    expect(world().lines).toEqual([
      "warning: ClusterSetting s: this cluster keeps nothing below cluster.metadata (PUT /_cluster/settings answered 400 " +
        "settings_exception: cluster.metadata is not allowed here), so only this stack's state remembers what was there " +
        "before, and other stacks do not see what this one needs",
    ]);
    expect(await world().claimants()).toEqual([]);
    expect((await lifecycle.read(made.id, made.state))?.state).toEqual(made.state);
    await lifecycle.delete(made.id, made.state);
    expect(await world().persistent()).toEqual({});
  });

  it("a write that it refuses for its settings fails with that reason, and nothing is made", async () => {
    const connection = world().connection;
    const owner = urn("ClusterSetting", "s");
    const { inputs } = lifecycle.check({ connection, owner, settings: { "plugins.ml_commons.nope": 1 } }, {});
    await expect(lifecycle.create(inputs)).rejects.toThrow(
      "persistent setting [plugins.ml_commons.nope], not recognized",
    );
    expect(await world().claimants()).toEqual([]);
    expect(world().lines).toEqual([]);
  });
});
