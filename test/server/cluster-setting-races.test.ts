import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { clusterSettingLifecycle as lifecycle } from "../../providers/cluster-setting/lifecycle";
import { created, eachInItsOwnWorld, urn } from "./lifecycle-support";
import { Party } from "./turns";

/** How long others wait for a writer that announced itself, as the test has it. */
const pace = vi.hoisted(() => ({ patience: Number.POSITIVE_INFINITY }));
vi.mock("../../providers/cluster-setting/pace", () => ({
  MOST_WRITES: 60,
  LONGEST_PAUSE_MILLISECONDS: 1,
  get PATIENCE_MILLISECONDS() {
    return pace.patience;
  },
}));

const world = eachInItsOwnWorld();
const REGEX = "plugins.ml_commons.trusted_connector_endpoints_regex";
const PRIVATE = "plugins.ml_commons.connector.private_ip_enabled";
const SHARED = "^http://ollama$";
const FOREIGN = { [REGEX]: ["^https://somebody-elses$"], [PRIVATE]: "false" };

const parties: Party[] = [];
beforeEach(() => {
  parties.length = 0;
  pace.patience = Number.POSITIVE_INFINITY;
});
afterEach(async () => {
  await Promise.all(parties.map((one) => one.stop()));
});

type Made = Awaited<ReturnType<typeof created<Inputs, State>>>;
type Inputs = Parameters<typeof lifecycle.create>[0];
type State = Parameters<typeof lifecycle.delete>[1];

async function party(name: string): Promise<Party> {
  const made = new Party(name, await world().cluster.beside());
  parties.push(made);
  return made;
}

async function up({ name, cluster }: Party, entries: readonly string[]): Promise<Made> {
  const connection = { ...world().connection, endpoint: cluster.url, maxRetries: 0 };
  const settings = { [REGEX]: entries, [PRIVATE]: true };
  return await created(lifecycle, { connection, owner: urn("ClusterSetting", name), mode: "contribute", settings });
}

const down = ({ id, state }: Made) => lifecycle.delete(id, state);

/** What is written in the claims at this moment: who is in the middle of a change. */
async function announced(): Promise<string[]> {
  const { persistent } = await world().api("GET", "/_cluster/settings?flat_settings=true");
  return Object.entries(persistent as Record<string, string>)
    .filter(([key, text]) => key.includes(".claims.") && "writing" in JSON.parse(text))
    .map(([, text]) => String(JSON.parse(text).owner).replace(/^.*::/, ""));
}

describe("a stack that leaves while another one comes that shares an entry", () => {
  const isThere = { [REGEX]: [...FOREIGN[REGEX], SHARED], [PRIVATE]: "true" };

  async function scene(killedAt: number) {
    await world().api("PUT", "/_cluster/settings", { persistent: FOREIGN });
    const leaver = await party("leaver");
    const made = await up(leaver, [SHARED]);
    leaver.start(() => down(made), killedAt);
    await leaver.ready();
    return { made, leaver };
  }

  /** A newcomer that wants the same, and what it has made once it has come. */
  async function comes() {
    const newcomer = await party("newcomer");
    let made: Made | undefined;
    newcomer.start(async () => {
      made = await up(newcomer, [SHARED]);
    });
    await newcomer.ready();
    return { newcomer, newcomers: () => made ?? expect.unreachable("it has come") };
  }

  /** Its look, its announcement, the look on which its write rests. */
  const LOOKED = 3;

  it("takes nothing away that is needed by then, even if it is killed right after its write", async () => {
    const { made, leaver } = await scene(LOOKED + 2);
    for (let turn = 0; turn < LOOKED; turn += 1) await leaver.turn();
    // It writes its claim, looks and finds everything right, but for a neighbour that announced a change.
    const { newcomer, newcomers } = await comes();
    for (let turn = 0; turn < 4; turn += 1) await newcomer.turn();
    expect(newcomer.ended).toBe(false);
    await leaver.turn();
    expect(await world().persistent()).toEqual(FOREIGN);
    await leaver.turn();
    expect(leaver.ended).toBe(true);
    await newcomer.finish();
    expect(await world().persistent()).toEqual(isThere);
    newcomer.restart();
    await down(newcomers());
    expect(await world().persistent()).toEqual(FOREIGN);
    leaver.restart();
    await down(made);
    expect([await world().persistent(), await world().claimants()]).toEqual([FOREIGN, []]);
  });

  it("killed before its write keeps the others waiting no longer than their patience, which is said", async () => {
    const { made, leaver } = await scene(LOOKED + 1);
    await leaver.finish();
    expect(await announced()).toEqual(["leaver"]);
    pace.patience = 0;
    const { newcomer, newcomers } = await comes();
    await newcomer.finish();
    expect(await world().persistent()).toEqual(isThere);
    expect(world().lines).toEqual([
      `warning: ClusterSetting newcomer: ${urn("ClusterSetting", "leaver")} announced a change of this cluster's settings ` +
        "0 s ago and has not made it, so it counts as interrupted; the next pulumi up or destroy of its stack repairs that",
    ]);
    newcomer.restart();
    await down(newcomers());
    expect([await world().persistent(), await world().claimants()]).toEqual([FOREIGN, ["leaver"]]);
    leaver.restart();
    await down(made);
    expect([await world().persistent(), await world().claimants()]).toEqual([FOREIGN, []]);
  });

  it.each([1, 2, 3, 4, 5, 6])("killed at its request %i, its next destroy leaves nothing", async (killedAt) => {
    const { made, leaver } = await scene(killedAt);
    await leaver.finish();
    leaver.restart();
    await down(made);
    expect([await world().persistent(), await world().claimants()]).toEqual([FOREIGN, []]);
  });

  it("a killed destroy shows as drift, and an update takes the claim back to what the program says", async () => {
    const { made, leaver } = await scene(LOOKED + 1);
    await leaver.finish();
    leaver.restart();
    const seen = await lifecycle.read(made.id, made.state);
    if (seen === undefined) return expect.unreachable("the settings are there");
    expect(lifecycle.diff(made.id, seen.state, made.inputs)).toEqual({ changes: true });
    const healed = await lifecycle.update(made.id, seen.state, made.inputs);
    expect(await announced()).toEqual([]);
    await down({ ...made, state: healed });
    expect([await world().persistent(), await world().claimants()]).toEqual([FOREIGN, []]);
  });
});

describe("a claim of 0.2.0, which tells of no announcement", () => {
  it("is one like any other: its entry stays, and what was before it comes back", async () => {
    await world().api("PUT", "/_cluster/settings", { persistent: FOREIGN });
    const made = await up(await party("older"), [SHARED]);
    const claim = {
      owner: urn("ClusterSetting", "older"),
      instance: made.state.instance,
      scope: "persistent",
      previous: FOREIGN,
      contributed: { [REGEX]: [SHARED] },
      defaultHashes: {},
      written: { [PRIVATE]: "true" },
    };
    const { persistent } = await world().api("GET", "/_cluster/settings?flat_settings=true");
    const [key = ""] = Object.keys(persistent as object).filter((each) => each.includes(".claims."));
    await world().api("PUT", "/_cluster/settings", { persistent: { [key]: JSON.stringify(claim) } });
    const newer = await up(await party("newer"), ["^http://other$"]);
    expect(await world().persistent()).toEqual({
      [REGEX]: [...FOREIGN[REGEX], SHARED, "^http://other$"],
      [PRIVATE]: "true",
    });
    await down(made);
    await down(newer);
    expect([await world().persistent(), await world().claimants()]).toEqual([FOREIGN, []]);
  });
});

describe("three stacks, in any order of their requests, killed anywhere", () => {
  /** Entries of each: some shared, some not. */
  const ENTRIES = { a: [SHARED], b: [SHARED, "^http://b$"], c: [SHARED] } as const;
  type Name = keyof typeof ENTRIES;
  const NAMES: readonly Name[] = ["a", "b", "c"];
  /** Of the eleven requests and more of one life; beyond them it is not killed. */
  const kill = fc.integer({ min: 1, max: 24 });
  const lives = fc.record({ a: kill, b: kill, c: kill });

  it.each(Array.from({ length: 12 }, (_, seed) => seed))(
    "what has come stays until it goes, and in the end all is as before (seed %i)",
    async (seed) => {
      const before = seed % 2 === 0 ? FOREIGN : {};
      await world().api("PUT", "/_cluster/settings", { persistent: before });
      const [deaths = { a: 1, b: 1, c: 1 }] = fc.sample(lives, { numRuns: 1, seed });
      const picks = fc.sample(fc.nat(), { numRuns: 500, seed });
      const living = new Set<Name>();
      const states = new Map<string, Made>();
      for (const name of NAMES) {
        const one = await party(name);
        one.start(async () => {
          const made = await up(one, ENTRIES[name]);
          states.set(name, made);
          living.add(name);
          // The engine has its word to say in between, so a neighbour may come to see what stands there.
          await lifecycle.read(made.id, made.state);
          living.delete(name);
          await down(made);
        }, deaths[name]);
      }
      for (let turn = 0; parties.some(({ ended }) => !ended); turn += 1) {
        await Promise.all(parties.map((one) => one.ready()));
        const inChange = await announced();
        const dead = parties.filter(({ isDead }) => isDead).map(({ name }) => name);
        pace.patience = inChange.every((name) => dead.includes(name)) ? 0 : Number.POSITIVE_INFINITY;
        const there = await world().persistent();
        for (const name of living) {
          if (dead.includes(name)) continue;
          const isThere = { [REGEX]: expect.arrayContaining([...ENTRIES[name]]), [PRIVATE]: "true" };
          expect(there, `after turn ${turn} ${name} has what it needs`).toMatchObject(isThere);
        }
        const waiting = parties.filter(({ ended }) => !ended);
        await waiting[(picks.pop() ?? 0) % waiting.length]?.turn();
      }
      // What was killed is run again, one after the other.
      pace.patience = 0;
      for (const one of parties.filter(({ isDead }) => isDead)) {
        one.restart();
        await down(states.get(one.name) ?? (await up(one, ENTRIES[one.name as Name])));
      }
      expect([await world().persistent(), await world().claimants()]).toEqual([before, []]);
    },
  );
});
