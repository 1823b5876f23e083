import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Run } from "./support/project";
import { type Json, operations, ResourceWorld, type Spec } from "./support/resource-world";
import { hasEngine } from "./support/toolchain";

/** As many models of one group as a platform team makes in one update. */
const MODELS = process.env.TEST_ALL === "1" ? 50 : 12;
const ML = "/_plugins/_ml";

const REFUSED = {
  kind: "status",
  status: 400,
  body: { error: { type: "illegal_argument_exception", reason: "refused by a test" }, status: 400 },
} as const;

/** Defects seen live in other tools that manage these objects, each shown to be none here. */
describe.skipIf(!hasEngine)("where other tools break", () => {
  let world: ResourceWorld;
  let found: { group: string; connector: string; model: string };
  const requests: string[] = [];

  /** The program, with what changes from test to test. */
  function program({ key = "first", description = "ours", more = [] as Spec[] } = {}): Spec[] {
    const connection = world.connection();
    return [
      { type: "ModelGroup", name: "group", args: { connection, description } },
      { type: "Connector", name: "connector", args: world.connector({ credential: { key } }) },
      {
        type: "DeployedModel",
        name: "model",
        args: { connection, modelGroupId: { ref: "group" }, connectorId: { ref: "connector" } },
      },
      ...more,
    ];
  }

  function adopted(): Spec[] {
    const connection = world.connection();
    const { group, connector, model } = found;
    const named = { connection, name: "by hand", description: "made by hand" };
    return [
      { type: "ModelGroup", name: "adopted-group", args: { ...named, adoptExisting: true } },
      {
        type: "Connector",
        name: "adopted-connector",
        args: world.connector({ ...named, adoptId: connector, clientConfig: undefined }),
      },
      {
        type: "DeployedModel",
        name: "adopted-model",
        args: { ...named, adoptId: model, modelGroupId: group, connectorId: connector },
      },
    ];
  }

  /** A group, a connector and a deployed model as somebody would make them without Pulumi. */
  async function makeByHand(): Promise<typeof found> {
    const named = { name: "by hand", description: "made by hand" };
    const group = await world.done("POST", `${ML}/model_groups/_register`, named);
    const { parameters, credential, actions } = world.connector();
    const [action] = actions as Json[];
    const connector = await world.done("POST", `${ML}/connectors/_create`, {
      ...named,
      version: "1",
      protocol: "http",
      parameters,
      credential,
      actions: [
        {
          action_type: "predict",
          method: "POST",
          url: action?.url,
          headers: action?.headers,
          request_body: action?.requestBody,
        },
      ],
    });
    const wired = { model_group_id: group.model_group_id, connector_id: connector.connector_id };
    const model = await world.done("POST", `${ML}/models/_register?deploy=true`, {
      ...named,
      function_name: "remote",
      ...wired,
    });
    return {
      group: String(group.model_group_id),
      connector: String(connector.connector_id),
      model: String(model.model_id),
    };
  }

  const quiet = async () => {
    const refreshed = await world.project.refresh("--expect-no-changes");
    expect(refreshed.code, refreshed.output).toBe(0);
    const preview = await world.project.preview("--expect-no-changes");
    expect(preview.code, preview.output).toBe(0);
  };

  const keysSent = async () => {
    world.model.questions.length = 0;
    await world.predict(world.id("model"));
    return world.model.questions.map(({ authorization }) => authorization);
  };

  beforeAll(async () => {
    world = await ResourceWorld.start("peers", { log: (line) => requests.push(line) });
    found = await makeByHand();
    requests.length = 0;
    const made = await world.up([...program(), ...adopted()]);
    expect(made.code, made.output).toBe(0);
  });

  afterAll(async () => {
    await world?.stop();
  });

  it("making a model is one registration that deploys, with no write after it", () => {
    const writes = requests
      .map((line) => line.split(" ").slice(0, 2).join(" "))
      .filter((line) => !line.startsWith("GET"));
    expect(writes.filter((line) => line.includes("/models/_register"))).toEqual([
      `POST ${ML}/models/_register?deploy=true`,
    ]);
    expect(writes.filter((line) => line.startsWith(`PUT ${ML}/models/`) || line.includes("/_deploy"))).toEqual([]);
  });

  it("what was made by hand is taken over as it is: same ids, nothing made beside it, still deployed", async () => {
    const { group, connector, model } = found;
    expect(world.id("adopted-group")).toBe(group);
    expect(world.id("adopted-connector")).toBe(connector);
    expect(world.id("adopted-model")).toBe(model);
    expect(await world.counts()).toEqual([2, 2, 2]);
    expect(await world.seen("DeployedModel", model)).toMatchObject({ model_state: "DEPLOYED", name: "by hand" });
    expect((await world.seen("DeployedModel", model)).is_enabled).not.toBe(false);
    expect(requests.filter((line) => line.startsWith("PUT") && line.includes(model))).toEqual([]);
    expect(requests.filter((line) => line.startsWith("PUT") && line.includes(connector))).toEqual([]);
  });

  it("a refresh and a preview then find nothing: no diff for ever on groups, none on what was taken over", quiet);

  it("a new model that does not answer at first is gone on with: the cause is named, the id stays", async () => {
    const wired = { modelGroupId: { ref: "adopted-group" }, connectorId: { ref: "connector" } };
    const late: Spec = { type: "DeployedModel", name: "late", args: { connection: world.connection(), ...wired } };
    const extended = () => world.up([...program(), ...adopted(), late]);
    world.model.refusal = () => ({ status: 404, body: { error: "model 'm' not found" } });
    const failed = await extended();
    world.model.refusal = () => undefined;
    expect(failed.code).not.toBe(0);
    expect(failed.output).toContain("model 'm' not found");
    const id = world.id("late");
    const healed = await extended();
    expect(healed.code, healed.output).toBe(0);
    expect(operations(healed).get("late")).toBe("update");
    expect(world.id("late")).toBe(id);
    expect(await world.count("DeployedModel")).toBe(3);
  });

  it("what an update could not write is written by the next one", async () => {
    const changed = () => world.up([...program({ description: "changed" }), ...adopted()]);
    world.cluster.faults.add({ match: { method: "PUT", path: `${ML}/model_groups/*` }, action: REFUSED });
    const failed = await changed();
    expect(failed.code).not.toBe(0);
    expect(failed.output).toContain("refused by a test");
    const healed = await changed();
    expect(healed.code, healed.output).toBe(0);
    expect(operations(healed).get("group")).toBe("update");
    expect(await world.seen("ModelGroup", world.id("group"))).toMatchObject({
      description: expect.stringMatching(/^changed \(Pulumi /),
    });
  });

  it("a rotated credential reaches the model server, though the first two tries fail in different places", async () => {
    const rotate = async (): Promise<Run> =>
      await world.up([...program({ key: "second", description: "changed" }), ...adopted()]);
    const { faults } = world.cluster;
    const modelId = world.id("model");

    faults.add({ match: { method: "POST", path: `${ML}/connectors/_create` }, action: REFUSED });
    const notMade = await rotate();
    expect(notMade.code).not.toBe(0);
    expect(await keysSent()).toEqual(["Bearer first"]);

    faults.clear();
    // The new key is not known to the model server yet.
    world.model.refusal = ({ authorization }) =>
      authorization === "Bearer second" ? { status: 401, body: { error: "unauthorized" } } : undefined;
    const notMoved = await rotate();
    world.model.refusal = () => undefined;
    expect(notMoved.code).not.toBe(0);
    expect(await keysSent()).toEqual(["Bearer first"]);

    const moved = await rotate();
    expect(moved.code, moved.output).toBe(0);
    expect(await keysSent()).toEqual(["Bearer second"]);
    expect(world.id("model")).toBe(modelId);
    expect(await world.count("Connector")).toBe(2);
    expect(world.project.stateText()).not.toMatch(/"(first|second)"/);
    for (const { output } of [notMade, notMoved, moved]) expect(output).not.toMatch(/\b(first|second)\b/);
    const preview = await world.project.preview("--expect-no-changes");
    expect(preview.code, preview.output).toBe(0);
  });

  it("a forced replacement of a live connector makes a new one, and the model moves to it under its id", async () => {
    const [connector, model] = [world.id("connector"), world.id("model")];
    const urn = world.project.resources().find(({ id }) => id === connector)?.urn ?? "";
    const run = await world.up([...program({ key: "second", description: "changed" }), ...adopted()], "--replace", urn);
    expect(run.code, run.output).toBe(0);
    expect(world.id("connector")).not.toBe(connector);
    expect(world.id("model")).toBe(model);
    expect(await world.seen("DeployedModel", model)).toMatchObject({ connector_id: world.id("connector") });
    expect((await world.api("GET", world.path("Connector", connector))).status).toBe(404);
    expect(await keysSent()).toEqual(["Bearer second"]);
  });

  it(`${MODELS} models of one group come up in one update at default parallelism, and all go in one destroy`, async () => {
    const many = Array.from({ length: MODELS }, (_, i): Spec => {
      const args = {
        connection: world.connection(),
        modelGroupId: { ref: "group" },
        connectorId: { ref: "connector" },
      };
      return { type: "DeployedModel", name: `many-${i}`, args };
    });
    const run = await world.up([...program({ key: "second", description: "changed", more: many }), ...adopted()]);
    expect(run.code, run.output).toBe(0);
    expect(await world.count("DeployedModel")).toBe(2 + MODELS);
    const states = await Promise.all(many.map(({ name }) => world.seen("DeployedModel", world.id(name))));
    expect(states.map(({ model_state }) => model_state)).toEqual(many.map(() => "DEPLOYED"));
    const gone = await world.project.destroy();
    expect(gone.code, gone.output).toBe(0);
    expect(await world.counts()).toEqual([0, 0, 0]);
  });
});
