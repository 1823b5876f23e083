import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../support/until";
import { killWithChildren } from "./support/kill";
import { operations, ResourceWorld, type Spec } from "./support/resource-world";
import { hasEngine } from "./support/toolchain";

const USER = "operator";
const USER_PATH = `/_plugins/_security/api/internalusers/${USER}`;
const PASSWORDS = ["Quiet-Harbour-5001", "Quiet-Harbour-5002", "Quiet-Harbour-5003", "Quiet-Harbour-5004"] as const;

describe.skipIf(!hasEngine)("a rotated password, whose update is killed with kill -9", () => {
  let world: ResourceWorld;
  let inForce = 0;

  beforeAll(async () => {
    world = await ResourceWorld.start("rotation", { kind: "secured" });
    await world.done("PUT", USER_PATH, { password: "Quiet-Harbour-5000", backend_roles: ["admin"] });
    const run = await world.up(program());
    expect(run.code, run.output).toBe(0);
  });

  afterAll(async () => {
    await world?.project.destroy();
    await world?.done("DELETE", USER_PATH);
    await world?.stop();
  });

  const password = () => PASSWORDS[inForce] ?? expect.unreachable("no password is left");

  /** All but the password itself sign in with it, as the resources of a stack do. */
  function program(): Spec[] {
    const connection = world.connection({ username: USER, password: password() });
    const wired = { connection, modelGroupId: { ref: "group" }, connectorId: { ref: "connector" } };
    const rotated = { connection: world.connection(), username: USER, password: password() };
    return [
      { type: "SecurityPassword", name: "password", args: rotated },
      {
        type: "ModelGroup",
        name: "group",
        args: { connection, description: `since ${inForce}` },
        dependsOn: ["password"],
      },
      { type: "Connector", name: "connector", args: { ...world.connector(), connection }, dependsOn: ["password"] },
      { type: "DeployedModel", name: "model", args: wired },
    ];
  }

  async function signsIn(given: string): Promise<boolean> {
    const authorization = `Basic ${Buffer.from(`${USER}:${given}`).toString("base64")}`;
    return (await fetch(`${world.cluster.url}/`, { headers: { authorization } })).ok;
  }

  it.each([
    ["before the server has it", "PATCH", USER_PATH, "instead", false],
    ["after the server has it, before the state does", "PATCH", USER_PATH, "after", true],
    ["after the state has it, while the others change over", "PUT", "/_plugins/_ml/model_groups/*", "instead", true],
  ] as const)("%s: the next up finds which is in force", async (_when, method, path, kind, hasIt) => {
    const former = password();
    inForce += 1;
    world.declare(program());
    let letGo = (): void => undefined;
    const killed = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const { faults } = world.cluster;
    let reached = false;
    const act = async () => {
      reached = true;
      await killed;
    };
    faults.add({ match: { method, path }, action: { kind, act } });
    const update = world.project.start("up", "--yes", "--skip-preview");
    await until("the request in which it is killed", () => reached);
    await killWithChildren(update);
    letGo();
    faults.clear();
    expect([await signsIn(former), await signsIn(password())]).toEqual([!hasIt, hasIt]);
    await world.project.cli("cancel", "--yes");
    const run = await world.project.up();
    expect(run.code, run.output).toBe(0);
    expect(operations(run).get("model")).toBe("update");
    expect([await signsIn(former), await signsIn(password())]).toEqual([false, true]);
    expect(await world.counts()).toEqual([1, 1, 1]);
    const still = await world.project.preview("--expect-no-changes");
    expect(still.code, still.output).toBe(0);
  });

  it("no password stands in the state as plain text", () => {
    for (const each of PASSWORDS) expect(world.project.stateText()).not.toContain(each);
  });
});
