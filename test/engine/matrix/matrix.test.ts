import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FakeOllama } from "../../unit/clients/ollama-fake";
import { askAtRate } from "../support/callers";
import type { Run } from "../support/project";
import { type Json, operations, ResourceWorld, type Spec } from "../support/resource-world";
import { hasEngine } from "../support/toolchain";
import { type Bench, type Cell, formerName, specs, userOf } from "./cell";
import { clusterSettingCells } from "./cluster-setting-cells";
import { connectorCells } from "./connector-cells";
import { deployedModelCells } from "./deployed-model-cells";
import { modelGroupCells, TEAM } from "./model-group-cells";
import { BASE, digestOf, OTHER_BASE, ollamaModelCells } from "./ollama-model-cells";
import { searchIndexCells } from "./search-index-cells";
import { tlsCertificateCells } from "./tls-certificate-cells";

const cells = [
  ...clusterSettingCells,
  ...modelGroupCells,
  ...connectorCells,
  ...deployedModelCells,
  ...ollamaModelCells,
  ...searchIndexCells,
  ...tlsCertificateCells,
];

const USERS = "/_plugins/_security/api/internalusers";

/** What the cells refer to; nothing of it changes. */
function fixtures({ world }: Bench): Spec[] {
  const connection = world.connection();
  return [
    { type: "ModelGroup", name: "group", args: { connection } },
    { type: "ModelGroup", name: "other-group", args: { connection } },
    { type: "Connector", name: "connector", args: world.connector() },
    { type: "Connector", name: "other-connector", args: world.connector() },
  ];
}

describe.skipIf(!hasEngine)("every input of every resource, changed on the real engine", () => {
  let bench: Bench;
  const requests: string[] = [];
  let settingsBefore: Json;
  let idsBefore: Map<string, string>;
  let changed: Run;
  let writes: readonly string[];
  let callers: { answered: number; failures: string[] };
  const swapped = connectorCells.find(({ name }) => name === "connector-parameters");

  beforeAll(async () => {
    const [world, ollama, otherOllama] = await Promise.all([
      ResourceWorld.start("matrix", { kind: "secured", log: (line) => requests.push(line) }),
      new FakeOllama().start(),
      new FakeOllama().start(),
    ]);
    bench = { world, ollama, otherOllama };
    await world.done("PUT", `${USERS}/${TEAM.username}`, {
      password: TEAM.password,
      backend_roles: TEAM.backendRoles,
      opendistro_security_roles: TEAM.roles,
    });
    for (const cell of cells) await cell.beforehand?.(bench);
    stockRegistries(bench);
    for (const base of [BASE, OTHER_BASE]) ollama.add(base);
    settingsBefore = await world.settings();
    const made = await world.up([...fixtures(bench), ...specs(cells, bench, "before")]);
    expect(made.code, made.output).toBe(0);
    idsBefore = world.ids();
    for (const cell of cells) cell.between?.(bench);
    requests.length = 0;
    const asked = idsBefore.get(swapped ? userOf(swapped) : "") ?? "";
    const asking = askAtRate(20, () => world.predict(asked));
    changed = await world.up([...fixtures(bench), ...specs(cells, bench, "after")]);
    writes = requests.filter((line) => !line.startsWith("GET ") && !/_search |_predict /.test(line));
    callers = await asking.stop();
    expect(changed.code, changed.output).toBe(0);
  });

  afterAll(async () => {
    await bench?.ollama.stop();
    await bench?.otherOllama.stop();
    await bench?.world.api("DELETE", `${USERS}/${TEAM.username}`);
    await bench?.world.stop();
  });

  it.each(cells.map((cell) => [cell.name, cell.op, cell] as const))("%s: %s", async (name, op, cell) => {
    const { world } = bench;
    expect(operations(changed).get(name)).toBe(op);
    const [before, after] = [idsBefore.get(formerName(cell)), world.id(name)];
    if (op === "replace") expect(after).not.toBe(before);
    else expect(after).toBe(before);
    if (cell.unwritten || op === "same") expect(writes.filter((line) => line.includes(after))).toEqual([]);
    if (cell.holds) expect(await held(bench, cell)).toMatchObject(cell.holds);
  });

  const used = cells.filter((cell) => cell.used);
  it.each(used.map((cell) => [cell.name, cell] as const))(
    "the model on %s keeps its id, and answers",
    async (name, cell) => {
      const { world } = bench;
      const user = userOf(cell);
      expect(operations(changed).get(user)).toBe(cell.op === "replace" ? "update" : "same");
      expect(world.id(user)).toBe(idsBefore.get(user));
      expect(await world.seen("DeployedModel", world.id(user))).toMatchObject({
        connector_id: world.id(name),
        model_state: "DEPLOYED",
      });
      await world.predict(world.id(user));
    },
  );

  it("a caller during all of that is always answered", () => {
    expect(callers.failures).toEqual([]);
    expect(callers.answered).toBeGreaterThan(20);
  });

  it("a new credential reaches the model server", async () => {
    const user = bench.world.id("user-of-connector-credential");
    bench.world.model.questions.length = 0;
    await bench.world.predict(user);
    expect(bench.world.model.questions.map(({ authorization }) => authorization)).toEqual(["Bearer second"]);
  });

  it("a model reads changed settings anew in the same update, without being undeployed", () => {
    const path = bench.world.path("DeployedModel", bench.world.id("model-settingsRevision"));
    const toIt = writes.filter((line) => line.includes(path)).map((line) => line.split(" ").slice(0, 3).join(" "));
    expect(toIt).toEqual([`PUT ${path} 200`]);
    const finished = (name: string) => changed.steps.findIndex((step) => step.op === "update" && step.name === name);
    expect(finished("setting-trusted")).toBeLessThan(finished("model-settingsRevision"));
  });

  it("what the server cannot take back is told", () => {
    const keeps = (what: string) => `the server keeps its ${what}, since it cannot remove what was once set`;
    expect(changed.output).toContain(`warning: DeployedModel model-rateLimiter-dropped: ${keeps("rateLimiter")}`);
    expect(changed.output).toContain(`warning: ModelGroup group-accessMode-dropped: ${keeps("accessMode")}`);
  });

  it("a model moved to another group and another connector is there", async () => {
    const { world } = bench;
    expect(await world.seen("DeployedModel", world.id("model-modelGroupId"))).toMatchObject({
      model_group_id: world.id("other-group"),
    });
    expect(await world.seen("DeployedModel", world.id("model-connectorId"))).toMatchObject({
      connector_id: world.id("other-connector"),
    });
  });

  it("a model of Ollama whose server moved is gone from the old one", () => {
    expect(bench.ollama.models.has("ollama-endpoint:1")).toBe(false);
  });

  it("the fixtures stay as they are", () => {
    const found = operations(changed);
    expect(fixtures(bench).map(({ name }) => found.get(name))).toEqual(["same", "same", "same", "same"]);
  });

  it("a second preview is empty", async () => {
    const quiet = await bench.world.project.preview("--expect-no-changes");
    expect(quiet.code, quiet.output).toBe(0);
  });

  it("destroy leaves nothing but what was there before", async () => {
    const { world, ollama, otherOllama } = bench;
    const gone = await world.project.destroy();
    expect(gone.code, gone.output).toBe(0);
    expect(await world.counts()).toEqual([0, 0, 0]);
    expect(await world.indices()).toEqual([]);
    expect(await world.settings()).toEqual(settingsBefore);
    expect([...ollama.models.keys()].sort()).toEqual([BASE, OTHER_BASE, "ollama-retainondelete:1"]);
    expect([...otherOllama.models.keys()]).toEqual([]);
  });
});

/** Every name that a cell pulls by can be pulled. */
function stockRegistries(bench: Bench): void {
  for (const { args } of [...specs(ollamaModelCells, bench, "before"), ...specs(ollamaModelCells, bench, "after")]) {
    for (const name of [args.model, args.source, args.from]) {
      if (typeof name !== "string") continue;
      const listed = /:[^/]*$/.test(name) ? name : `${name}:latest`;
      for (const { registry } of [bench.ollama, bench.otherOllama]) registry.set(listed, digestOf(name));
    }
  }
}

/** What the server shows of a cell's object. */
async function held(bench: Bench, cell: Cell): Promise<unknown> {
  const { world } = bench;
  if (cell.type === "TlsCertificate" || cell.type === "SecurityPassword") return world.outputs(cell.name);
  if (cell.type === "ClusterSetting") return await world.settings();
  if (cell.type === "SearchIndex") return await world.index(world.id(cell.name));
  if (cell.type !== "OllamaModel") return await world.seen(cell.type, world.id(cell.name));
  const server = [bench.ollama, bench.otherOllama].find(
    ({ endpoint }) => endpoint === world.outputs(cell.name).endpoint,
  );
  const id = world.id(cell.name);
  const loads = server?.bodies.filter((body, i) => server.requests[i] === "POST /api/generate" && body.model === id);
  const { keep_alive, options } = loads?.at(-1) ?? {};
  return { ...server?.models.get(id), loadedFor: keep_alive ?? "the server's default", loadedWith: options };
}
