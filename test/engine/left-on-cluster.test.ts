import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { leftOverChecks } from "../../cli/commands/doctor/checks/left-overs";
import { thisMachine } from "../../cli/commands/doctor/machine";
import { type CheckResult, runChecks } from "../../cli/commands/doctor/run-checks";
import { Scene } from "../../cli/commands/doctor/scene";
import { ResourceWorld } from "./support/resource-world";
import { hasEngine } from "./support/toolchain";

const LIST = "plugins.ml_commons.trusted_connector_endpoints_regex";

describe.skipIf(!hasEngine)("what doctor finds on the cluster that the state of a real stack does not know", () => {
  let world: ResourceWorld;

  beforeAll(async () => {
    world = await ResourceWorld.start("left");
  });

  afterAll(async () => {
    await world?.stop();
  });

  async function found(): Promise<readonly [claims: CheckResult, objects: CheckResult]> {
    const { stack, folder, variables } = world.project;
    const opensearch = { endpoint: world.cluster.url, username: "admin" };
    const access = { source: "test", api: "generate", opensearch, stack: { stack, folder } };
    const results = await runChecks(leftOverChecks, new Scene(access, thisMachine(variables), 5));
    const [claims, objects] = results;
    return claims && objects ? [claims, objects] : expect.unreachable("there are two checks");
  }

  const claimed = "opened of left/dev (trusted_connector_endpoints_regex)";

  it("nothing while the state has it all: claims and marks are known for the stack's own", async () => {
    const connection = world.connection();
    const settings = { [LIST]: ["^http://model$"] };
    const { code, output } = await world.up([
      { type: "ClusterSetting", name: "opened", args: { connection, mode: "contribute", settings } },
      { type: "ModelGroup", name: "group", args: { connection, name: "left-group" } },
    ]);
    expect(code, output).toBe(0);
    expect(await found()).toMatchObject([
      { status: "ok", seen: `1: ${claimed}` },
      { status: "ok", seen: "none" },
    ]);
  });

  it("settings and objects, and what doctor does about them leaves nothing", async () => {
    const resources = world.project.resources().filter(({ type }) => type.includes("ollamachat"));
    const { id: groupId } = resources.find(({ type }) => type.endsWith("ModelGroup")) ?? expect.unreachable("a group");
    for (const { urn } of resources) await world.project.cli("state", "delete", urn, "--yes");
    const results = await found();
    expect(results).toMatchObject([
      { status: "warn", symptom: "claims-left", seen: `the stack's state has no ${claimed}` },
      { status: "warn", symptom: "objects-left", seen: `the stack's state has no model group left-group (${groupId})` },
    ]);
    for (const { repair } of results) await repair?.run(() => undefined);
    expect(await found()).toMatchObject([{ seen: "none" }, { seen: "none" }]);
    const { persistent } = await world.settings();
    expect(persistent).toMatchObject({ [LIST]: ["^http://127\\.0\\.0\\.1:.*$"] });
    expect(await world.count("ModelGroup")).toBe(0);
  });
});
