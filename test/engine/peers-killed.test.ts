import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../support/until";
import { killWithChildren } from "./support/kill";
import { operations, ResourceWorld, type Spec } from "./support/resource-world";
import { hasEngine } from "./support/toolchain";

const ML = "/_plugins/_ml";

describe.skipIf(!hasEngine)("an update killed with kill -9, together with its provider, in the first create", () => {
  let world: ResourceWorld;

  beforeAll(async () => {
    world = await ResourceWorld.start("killed");
    world.declare(program());
  });

  afterAll(async () => {
    await world?.stop();
  });

  function program(): Spec[] {
    const connection = world.connection();
    const wired = { connection, modelGroupId: { ref: "group" }, connectorId: { ref: "connector" } };
    return [
      { type: "ModelGroup", name: "group", args: { connection } },
      { type: "Connector", name: "connector", args: world.connector(), dependsOn: ["group"] },
      { type: "DeployedModel", name: "model", args: wired },
    ];
  }

  it.each([
    ["group", `${ML}/model_groups/_register`, [1, 0, 0]],
    ["connector", `${ML}/connectors/_create`, [1, 1, 0]],
    ["model", `${ML}/models/_register`, [1, 1, 1]],
  ])("leaves the %s on the server and not in the state", async (name, path, counts) => {
    const { faults } = world.cluster;
    // Held until everything is killed; the server then does the work for nobody.
    let letGo = (): void => undefined;
    const killed = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const id = faults.add({ match: { method: "POST", path }, action: { kind: "before", act: () => killed } });
    const update = world.project.start("up", "--yes", "--skip-preview");
    await until(`the request that makes the ${name}`, () =>
      faults.list().some((fault) => fault.id === id && fault.hit === 1),
    );
    await killWithChildren(update);
    letGo();
    await until(
      `the ${name} on the server`,
      async () => JSON.stringify(await world.counts()) === JSON.stringify(counts),
    );
    faults.clear();
    expect(world.ids().has(name)).toBe(false);
    const cancelled = await world.project.cli("cancel", "--yes");
    expect(cancelled.code, cancelled.output).toBe(0);
  });

  it("the next up takes over what was left, and makes nothing twice", async () => {
    const run = await world.project.up();
    expect(run.code, run.output).toBe(0);
    expect(operations(run).get("model")).toBe("create");
    expect(run.output).toContain("which an interrupted run left");
    expect(await world.counts()).toEqual([1, 1, 1]);
    await world.predict(world.id("model"));
  });

  it("destroy leaves nothing", async () => {
    const run = await world.project.destroy();
    expect(run.code, run.output).toBe(0);
    expect(await world.counts()).toEqual([0, 0, 0]);
  });
});
