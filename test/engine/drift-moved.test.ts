import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TestCluster } from "../support/opensearch/test-cluster";
import { ResourceWorld, type Spec } from "./support/resource-world";
import { hasEngine } from "./support/toolchain";

describe.skipIf(!hasEngine)("a program that names another cluster", () => {
  let world: ResourceWorld;
  let other: TestCluster;

  beforeAll(async () => {
    [world, other] = await Promise.all([ResourceWorld.start("moved"), TestCluster.start({ kind: "secured" })]);
    await world.open(other);
    const made = await world.up(program(world.cluster));
    expect(made.code, made.output).toBe(0);
  });

  afterAll(async () => {
    await other?.close();
    await world?.stop();
  });

  function program({ url }: TestCluster): Spec[] {
    const connection = world.connection({ endpoint: url });
    const settings = { "plugins.ml_commons.max_model_on_node": 11 };
    const wired = { connection, modelGroupId: { ref: "group" }, connectorId: { ref: "connector" } };
    return [
      { type: "ClusterSetting", name: "setting", args: { connection, settings } },
      { type: "ModelGroup", name: "group", args: { connection } },
      { type: "Connector", name: "connector", args: world.connector({ connection }) },
      { type: "DeployedModel", name: "model", args: wired },
    ];
  }

  it("fails, says how to move on purpose, and writes to neither cluster", async () => {
    const before = world.ids();
    const settings = await world.settings(other);
    const run = await world.up(program(other));
    expect(run.code).not.toBe(0);
    expect(run.output).toContain(`${other.url} is not the cluster on which`);
    expect(run.output).toContain(
      "A move on purpose: run pulumi destroy, which still works on the old cluster, then pulumi up.",
    );
    expect(world.ids()).toEqual(before);
    expect(await world.counts()).toEqual([1, 1, 1]);
    expect(await world.counts(other)).toEqual([0, 0, 0]);
    expect(await world.settings(other)).toEqual(settings);
  });

  it("moves by a destroy, which still works on the old cluster, and an up", async () => {
    const settings = await world.settings(other);
    const left = await world.project.destroy();
    expect(left.code, left.output).toBe(0);
    const run = await world.project.up();
    expect(run.code, run.output).toBe(0);
    expect(await world.counts(other)).toEqual([1, 1, 1]);
    expect(await world.counts()).toEqual([0, 0, 0]);
    expect(JSON.stringify(await world.settings())).not.toContain("max_model_on_node");
    const quiet = await world.project.preview("--expect-no-changes");
    expect(quiet.code, quiet.output).toBe(0);
    const gone = await world.project.destroy();
    expect(gone.code, gone.output).toBe(0);
    expect(await world.counts(other)).toEqual([0, 0, 0]);
    expect(await world.settings(other)).toEqual(settings);
  });
});
