import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { urn } from "../lifecycle-support";
import { SERVICE } from "./stack-double";
import type { Person } from "./terminal-double";
import { DoctorWorld, type Line } from "./world";

const ML = "/_plugins/_ml";
const TRUSTED = "plugins.ml_commons.trusted_connector_endpoints_regex";
const PRIVATE = "plugins.ml_commons.connector.private_ip_enabled";
const WANTED = { [TRUSTED]: ["^http://model$"], [PRIVATE]: true };
const KEYS = "trusted_connector_endpoints_regex, connector.private_ip_enabled";
const COLLEAGUES = "urn:pulumi:prod::shop::pulumi-nodejs:dynamic/ollamachat:ClusterSetting::opened";

let world: DoctorWorld;
let before: Record<string, unknown>;
beforeEach(async () => {
  world = await DoctorWorld.start();
  before = await persistent();
});
afterEach(async () => {
  await world.stop();
});

/** The settings by flat key, claims among them. */
async function persistent(): Promise<Record<string, unknown>> {
  return (await world.api("GET", "/_cluster/settings?flat_settings=true")).persistent as Record<string, unknown>;
}

const line = (lines: readonly Line[], id: string) => lines.find((each) => each.id === id);
const claims = async (...args: string[]) => line((await world.doctor(...args)).lines, "claims");
const objects = async (...args: string[]) => line((await world.doctor(...args)).lines, "left-objects");

async function colleaguesSettings(): Promise<void> {
  await world.stack.makeSetting("opened", WANTED, { owner: COLLEAGUES });
}

describe("claims on the cluster's settings", () => {
  it("are listed with stack, resource and keys, and nothing is wrong with them", async () => {
    await world.stack.makeSetting("opened", WANTED);
    await colleaguesSettings();
    expect(await claims()).toEqual({
      id: "claims",
      title: "claims on settings",
      status: "ok",
      seen: `2: opened of chat/dev (${KEYS}); opened of shop/prod (${KEYS})`,
    });
  });

  it("of a resource that the state does not have are given back with --fix, exactly as they were", async () => {
    await world.stack.makeSetting("lost", WANTED);
    world.stack.forget("lost");
    const { exitCode, out } = await world.run([]);
    expect(exitCode).toBe(0);
    expect(out.replaceAll(/\s+/g, " ")).toContain(
      `With --fix, doctor will give back the settings of lost of chat/dev (${KEYS}).`,
    );
    expect(await claims("--fix", "--yes")).toEqual({
      id: "claims",
      title: "claims on settings",
      status: "ok",
      seen: "none",
      fixed: true,
    });
    expect(await persistent()).toEqual(before);
  });

  it("are given back but for what a neighbour needs", async () => {
    await world.stack.makeSetting("lost", { ...WANTED, [TRUSTED]: ["^http://model$", "^http://lost$"] });
    world.stack.forget("lost");
    await colleaguesSettings();
    const { seen } = (await claims("--fix", "--yes")) ?? expect.unreachable("the check is there");
    expect(seen).toBe(`1: opened of shop/prod (${KEYS})`);
    expect(await persistent()).toMatchObject({
      [TRUSTED]: [...(before[TRUSTED] as string[]), "^http://model$"],
      [PRIVATE]: "true",
    });
  });

  it("of a resource that kept its values on delete are let go of, and the values stay", async () => {
    await world.stack.makeSetting("lost", WANTED, { restoreOnDelete: "keep" });
    world.stack.forget("lost");
    expect(await claims("--fix", "--yes")).toMatchObject({ seen: "none", fixed: true });
    expect(await persistent()).toEqual({
      [TRUSTED]: [...(before[TRUSTED] as string[]), "^http://model$"],
      [PRIVATE]: "true",
    });
  });

  it("are kept where a run took them over while doctor asked", async () => {
    await world.stack.makeSetting("lost", WANTED);
    world.stack.forget("lost");
    const keyboard: Person["keyboard"] = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => keyboard });
    const person: Person = {
      keyboard,
      // Typed when the question is there, between the look and the repair.
      get keys() {
        world.stack.know("ClusterSetting", "lost");
        world.stack.save();
        return "y";
      },
    };
    const { err } = await world.run(["--fix"], person);
    expect(err).toContain("Shall doctor give back the settings of lost of");
    expect(Object.keys(await persistent())).toHaveLength(Object.keys(before).length + 1);
  });

  it("of another stack stay, whatever --fix mends", async () => {
    await colleaguesSettings();
    world.stack.forget("opened");
    const { err } = await world.run(["--fix", "--yes"]);
    expect(err).toContain("There is nothing that doctor can repair.\n");
    expect(await claims()).toMatchObject({ status: "ok", seen: `1: opened of shop/prod (${KEYS})` });
  });

  it("of a stack of the same name in another backend are another stack's", async () => {
    vi.stubEnv("PULUMI_BACKEND_URL", "https://pulumi.example.com");
    await world.stack.makeSetting("twin", WANTED);
    vi.stubEnv("PULUMI_BACKEND_URL", SERVICE);
    world.stack.forget("twin");
    expect(await claims("--fix", "--yes")).toMatchObject({ status: "ok", seen: `1: twin of chat/dev (${KEYS})` });
  });
});

describe("--forget-claims-of", () => {
  it("gives back what a stack that is gone elsewhere had set", async () => {
    await colleaguesSettings();
    expect(await claims("--fix", "--yes", "--forget-claims-of", "shop/prod")).toMatchObject({ seen: "none" });
    expect(await persistent()).toEqual(before);
  });

  it("says what it will do, and does it without a stack too", async () => {
    await colleaguesSettings();
    const servers = ["--opensearch", world.cluster.url, "--ollama", world.ollama.endpoint];
    const { err } = await world.run(["--fix", "--yes", "--forget-claims-of", "shop/prod", ...servers]);
    expect(err).toContain(`give back the settings of opened of shop/prod (${KEYS}) ...\n`);
    expect(await persistent()).toEqual(before);
  });

  it("refuses a wrong name, with those that there are, before it looks at anything else", async () => {
    await colleaguesSettings();
    const { exitCode, err } = await world.run(["--fix", "--yes", "--forget-claims-of", "shop"]);
    expect(exitCode).toBe(2);
    expect(err).toBe(
      "error: --forget-claims-of shop: no such stack claims settings of this cluster.\n" +
        "  cause: Those that do, besides the stack that was read, are shop/prod.\n" +
        "  fix: Give PROJECT/STACK as doctor shows it. What the stack that was read left is mended by --fix alone.\n",
    );
    expect(await claims()).toMatchObject({ seen: `1: opened of shop/prod (${KEYS})` });
  });

  it("refuses the stack that is read", async () => {
    await world.stack.makeSetting("opened", WANTED);
    const { exitCode, err } = await world.run(["--fix", "--yes", "--forget-claims-of", "chat/dev"]);
    expect(exitCode).toBe(2);
    expect(err).toContain("  cause: No other stack does.\n");
  });

  it("goes with --fix only", async () => {
    const { exitCode, err } = await world.run(["--forget-claims-of", "shop/prod"]);
    expect(exitCode).toBe(2);
    expect(err).toBe(
      "error: --forget-claims-of shop/prod without --fix.\n" +
        "  cause: It changes the cluster's settings, and only --fix changes anything.\n" +
        "  fix: Add --fix. Without it doctor lists the claims on the cluster.\n",
    );
  });
});

describe("objects that an interrupted run left", () => {
  /** A group, a connector and a model that no state knows. */
  async function lost() {
    const group = await world.stack.makeGroup("lost-g", "lost-group");
    const connector = await world.stack.makeConnector("lost-c", "lost-connector", world.preset);
    const model = await world.stack.makeModel("lost-m", "lost-model", group, connector);
    world.stack.forget("lost-g", "lost-c", "lost-m");
    return { group, connector, model };
  }

  const there = async () =>
    await Promise.all(
      ["models", "connectors", "model_groups"].map(async (kind) => {
        const found = await world.api("POST", `${ML}/${kind}/_search`, { query: { match_all: {} } });
        return (found.hits as { hits: unknown[] }).hits.length;
      }),
    );

  it("are named, and deleted with --fix: models first, then connectors, then groups; what is in use stays", async () => {
    const { group, connector, model } = await lost();
    const all = `model lost-model (${model}), connector lost-connector (${connector}), model group lost-group (${group})`;
    expect(await objects()).toMatchObject({
      status: "warn",
      symptom: "objects-left",
      seen: `the stack's state has no ${all}`,
    });
    const { err, exitCode } = await world.run(["--fix", "--yes"]);
    expect(exitCode).toBe(0);
    expect(err).toContain(`delete ${all} ...\n`);
    expect(await there()).toEqual([1, 1, 1]);
    expect(await objects()).toMatchObject({ status: "ok", seen: "none" });
  });

  it("stay where a pipeline names the model, and that is said", async () => {
    const { model } = await lost();
    const processor = { retrieval_augmented_generation: { model_id: model, context_field_list: ["text"] } };
    await world.api("PUT", "/_search/pipeline/theirs", { response_processors: [processor] });
    const { err } = await world.run(["--fix", "--yes"]);
    expect(err).toContain(`  failed: The model ${model} is still used by search pipeline theirs.\n`);
    expect(await there()).toEqual([2, 2, 2]);
  });

  it("are indices too, but for one that holds documents", async () => {
    const empty = await world.stack.makeIndex("lost-empty");
    const full = await world.stack.makeIndex("lost-full");
    await world.api("PUT", `/${full}/_doc/1?refresh=true`, { text: "somebody's" });
    world.stack.forget("lost-empty", "lost-full");
    expect(await objects()).toMatchObject({
      status: "warn",
      seen: expect.stringMatching(new RegExp(`index ${empty}.*index ${full}|index ${full}.*index ${empty}`)),
    });
    const { err } = await world.run(["--fix", "--yes"]);
    expect(err).toContain(`  failed: The index ${full} holds 1 documents.\n`);
    expect(await objects()).toMatchObject({ seen: `the stack's state has no index ${full}` });
  });

  it("stay where the state says that they were being made: the next up takes them over", async () => {
    const { connector, model, group } = await lost();
    world.stack.pending.push(urn("Connector", "lost-c"), urn("DeployedModel", "lost-m"), urn("ModelGroup", "lost-g"));
    expect(await objects("--fix", "--yes")).toMatchObject({
      status: "warn",
      symptom: "objects-cut-off",
      seen: `cut off while it was made: model lost-model (${model}), connector lost-connector (${connector}), model group lost-group (${group})`,
    });
    expect(await there()).toEqual([2, 2, 2]);
  });

  it("cannot be told without a stack", async () => {
    await lost();
    const servers = ["--opensearch", world.cluster.url, "--ollama", world.ollama.endpoint];
    expect(await objects(...servers)).toMatchObject({
      status: "skipped",
      seen: "no stack is read that could have left any",
    });
  });
});

describe("users, roles and mappings that an interrupted run left", () => {
  const API = "/_plugins/_security/api";
  let secured: DoctorWorld;
  beforeEach(async () => {
    secured = await DoctorWorld.start({ kind: "secured" });
  });
  afterEach(async () => {
    const of = async (kind: string) =>
      Object.entries((await secured.api("GET", `${API}/${kind}`)) as Record<string, { description?: string }>).filter(
        ([, { description = "" }]) => /\(Pulumi /.test(description),
      );
    for (const kind of ["internalusers", "rolesmapping", "roles"]) {
      for (const [name] of await of(kind)) await secured.api("DELETE", `${API}/${kind}/${name}`);
    }
    await secured.stop();
  });
  const left = async () => line((await secured.doctor()).lines, "left-objects");

  it("are named, and deleted with --fix, users first", async () => {
    const role = await secured.stack.makeRole("lost-r");
    const user = await secured.stack.makeUser("lost-u", role);
    secured.stack.forget("lost-r", "lost-u");
    const all = `user ${user}, role ${role}`;
    expect(await left()).toMatchObject({ symptom: "objects-left", seen: `the stack's state has no ${all}` });
    const { err, exitCode } = await secured.run(["--fix", "--yes"]);
    expect([exitCode, err]).toEqual([0, expect.stringContaining(`delete ${all} ...\n`)]);
    expect(await left()).toMatchObject({ status: "ok", seen: "none" });
    expect(await secured.api("GET", `${API}/roles/${role}`)).toMatchObject({ status: "NOT_FOUND" });
  });

  it("stay where somebody has the role, or others may have added to the mapping, and that is said", async () => {
    const role = await secured.stack.makeRole("lost-r");
    await secured.stack.makeMapping("lost-m", role);
    secured.stack.forget("lost-r", "lost-m");
    const { err } = await secured.run(["--fix", "--yes"]);
    expect(err).toContain(
      [
        `  failed: The role mapping ${role} is kept.`,
        "  cause: Others may have added entries to it, and nothing on the server tells whose an entry is.",
        `  fix: See who has the role: GET ${API}/rolesmapping/${role}. If nobody needs it: DELETE ${API}/rolesmapping/${role}.`,
      ].join("\n"),
    );
    expect(await left()).toMatchObject({ seen: `the stack's state has no role mapping ${role}, role ${role}` });
  });
});
