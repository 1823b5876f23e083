import { describe, expect, it } from "vitest";
import { deployedModelLifecycle as lifecycle } from "../../providers/deployed-model/lifecycle";
import { modelGroupLifecycle } from "../../providers/model-group/lifecycle";
import { modelsIn } from "./lifecycle-model-support";
import { created, eachInItsOwnWorld, failureOf, updated } from "./lifecycle-support";

const world = eachInItsOwnWorld();
const { breakCredential, deployed, groupAndConnector, seen } = modelsIn(world);

const by = (method: string, id: string, action: string) => world().api(method, `/_plugins/_ml/models/${id}/${action}`);

describe("a deployed model", () => {
  it("lives: created and proved by an answer, read without a difference, changed in place, deleted", async () => {
    const model = await deployed({ description: "first" });
    expect(model.state.modelState).toBe("DEPLOYED");
    expect(world().model.requests).toStrictEqual([
      {
        path: "/api/generate",
        body: {
          model: "m",
          prompt: "Reply with one word: ready.",
          stream: false,
          truncate: false,
          options: { num_predict: 4 },
        },
      },
    ]);
    expect(await lifecycle.read(model.id, model.state)).toStrictEqual({ state: model.state, inputs: model.inputs });

    const later = await updated(lifecycle, model, { ...model.inputs, description: "second" });
    expect(later.state.modelState).toBe("DEPLOYED");
    expect(await seen(model.id)).toMatchObject({
      description: expect.stringMatching(/^second \(Pulumi /),
      model_state: "DEPLOYED",
    });
    expect(lifecycle.diff(later.id, later.state, later.inputs)).toStrictEqual({ changes: false });

    await lifecycle.delete(model.id, later.state);
    expect(await world().count("models")).toBe(0);
    expect(await lifecycle.read(model.id, later.state)).toBeUndefined();
    await lifecycle.delete(model.id, later.state);
  });

  it("every member is read without a difference and changes in place", async () => {
    const model = await deployed({
      isEnabled: true,
      rateLimiter: { limit: 10, unit: "MINUTES" },
      deploySetting: { is_auto_deploy_enabled: true },
    });
    expect(await lifecycle.read(model.id, model.state)).toStrictEqual({ state: model.state, inputs: model.inputs });
    const news = { ...model.inputs, isEnabled: false, rateLimiter: { limit: 5, unit: "HOURS" } };
    const later = await updated(lifecycle, model, news);
    expect(await lifecycle.read(model.id, later.state)).toStrictEqual({ state: later.state, inputs: later.inputs });
    expect(await seen(model.id)).toMatchObject({ is_enabled: false, rate_limiter: { limit: "5", unit: "HOURS" } });
  });

  it("can be registered only, then deployed, then undeployed, under one id", async () => {
    const model = await deployed({ deployed: false });
    expect(world().model.requests).toStrictEqual([]);
    expect(await seen(model.id)).toMatchObject({ model_state: "REGISTERED" });
    expect(await lifecycle.read(model.id, model.state)).toStrictEqual({ state: model.state, inputs: model.inputs });

    const on = await updated(lifecycle, model, { ...model.inputs, deployed: true });
    expect(on.state.modelState).toBe("DEPLOYED");
    expect(world().model.requests).toHaveLength(1);

    const off = await updated(lifecycle, on, { ...model.inputs, deployed: false });
    expect(off.state.modelState).toBe("UNDEPLOYED");
    expect(await seen(model.id)).toMatchObject({ model_state: "UNDEPLOYED" });
    expect(await lifecycle.read(model.id, off.state)).toStrictEqual({ state: off.state, inputs: off.inputs });
  });

  it("asks the program's own question, or none", async () => {
    await deployed({ probe: { parameters: { prompt: "Are you there?" } } });
    expect(world().model.requests[0]?.body).toMatchObject({ prompt: "Are you there?", options: {} });
    const { groupId, connectorId } = await groupAndConnector();
    await created(lifecycle, world().modelInputs("n", groupId, connectorId, { probe: { enabled: false } }));
    expect(world().model.requests).toHaveLength(1);
  });

  it("moves to another group", async () => {
    const model = await deployed();
    const other = await created(modelGroupLifecycle, world().groupInputs("other"));
    await updated(lifecycle, model, { ...model.inputs, modelGroupId: other.id });
    expect(await seen(model.id)).toMatchObject({ model_group_id: other.id });
  });

  it("twenty models come up in one group at once, each once", async () => {
    const { groupId, connectorId } = await groupAndConnector();
    const names = Array.from({ length: 20 }, (_, i) => `m${i}`);
    const models = await Promise.all(
      names.map((name) => created(lifecycle, world().modelInputs(name, groupId, connectorId))),
    );
    expect(new Set(models.map(({ id }) => id)).size).toBe(20);
    expect(await world().count("models")).toBe(20);
    expect(await world().api("GET", `/_plugins/_ml/model_groups/${groupId}`)).toMatchObject({ latest_version: 20 });
    await Promise.all(models.map(({ id, state }) => lifecycle.delete(id, state)));
    expect(await world().count("models")).toBe(0);
  });
});

describe("a model that is gone already", () => {
  it("is deleted without an answer to who uses it", async () => {
    const model = await deployed();
    await by("POST", model.id, "_undeploy");
    await world().api("DELETE", `/_plugins/_ml/models/${model.id}`);
    world().cluster.faults.add({ match: { path: "/_ingest/pipeline" }, action: { kind: "drop-response" } });
    await lifecycle.delete(model.id, model.state);
    expect(await world().count("models")).toBe(0);
  });
});

describe("other writers", () => {
  const conflict = (reason: string) => ({
    kind: "status" as const,
    status: 409,
    body: { error: { type: "status_exception", reason }, status: 409 },
  });

  it("that register into the same group are waited out, longer than a retry would", async () => {
    const { groupId, connectorId } = await groupAndConnector();
    world().cluster.faults.add({
      match: { method: "POST", path: "/_plugins/_ml/models/_register" },
      times: 5,
      action: conflict("Document version conflict updating x in index .plugins-ml-model-group"),
    });
    await created(lifecycle, world().modelInputs("m", groupId, connectorId));
    expect(await world().count("models")).toBe(1);
  });

  it("that deploy the model meanwhile are waited out", async () => {
    const model = await deployed();
    world().cluster.faults.add({
      match: { method: "PUT", path: "/_plugins/_ml/models/*" },
      times: 5,
      action: conflict("Model is deploying. Please wait for the model to complete deployment. model ID x"),
    });
    await updated(lifecycle, model, { ...model.inputs, description: "second" });
    expect(await seen(model.id)).toMatchObject({ description: expect.stringMatching(/^second \(Pulumi /) });
  });

  it("that deleted the model are told, with the way to have it made again", async () => {
    const model = await deployed();
    await by("POST", model.id, "_undeploy");
    await world().api("DELETE", `/_plugins/_ml/models/${model.id}`);
    const failure = await failureOf(updated(lifecycle, model, { ...model.inputs, description: "second" }));
    expect(failure.message).toContain("\n  fix: Run pulumi up --refresh, which creates what is missing.");
    expect(await lifecycle.read(model.id, model.state)).toBeUndefined();
  });
});

describe("drift", () => {
  it("a model found undeployed is a change, and is deployed again", async () => {
    const model = await deployed();
    await by("POST", model.id, "_undeploy");
    const read = await lifecycle.read(model.id, model.state);
    expect(read?.inputs).toMatchObject({ deployed: false });
    const state = read?.state ?? expect.unreachable();
    expect(state.modelState).toBe("UNDEPLOYED");
    expect(lifecycle.diff(model.id, state, model.inputs)).toStrictEqual({ changes: true });
    const healed = await lifecycle.update(model.id, state, model.inputs);
    expect(healed).toStrictEqual(model.state);
    expect(await seen(model.id)).toMatchObject({ model_state: "DEPLOYED" });
    expect(world().model.requests).toHaveLength(2);
  });

  it("a model whose deployment fails once is deployed again at once", async () => {
    const { groupId, connectorId } = await groupAndConnector();
    const heal = await breakCredential(connectorId);
    const undeploy = { method: "POST", path: "/_plugins/_ml/models/*/_undeploy" };
    world().cluster.faults.add({ match: undeploy, action: { kind: "before", act: heal } });
    const model = await created(lifecycle, world().modelInputs("m", groupId, connectorId));
    expect(model.state.modelState).toBe("DEPLOYED");
    expect(world().lines).toContain("DeployedModel m: deployment failed, trying once more");
  });

  it("new settings are read by a deployed model without a gap", async () => {
    const model = await deployed({ settingsRevision: "1" });
    await world().api("PUT", "/_cluster/settings", {
      persistent: { "plugins.ml_commons.connector.private_ip_enabled": false },
    });
    // The flag was frozen at deployment, so that only the update meets it.
    expect(
      await world().api("POST", `/_plugins/_ml/models/${model.id}/_predict`, { parameters: { prompt: "x" } }),
    ).toHaveProperty("inference_results");
    const failure = await failureOf(updated(lifecycle, model, { ...model.inputs, settingsRevision: "2" }));
    expect(failure.message).toContain("has private ip address");
    await world().open();
    const later = await updated(lifecycle, model, { ...model.inputs, settingsRevision: "3" });
    expect(later.state).toMatchObject({ settingsRevision: "3", modelState: "DEPLOYED" });
  });

  it("a revision that was unknown in the preview and turns out equal writes nothing", async () => {
    const model = await deployed({ settingsRevision: "1" });
    const before = await seen(model.id);
    await lifecycle.update(model.id, model.state, model.inputs);
    expect(await seen(model.id)).toStrictEqual(before);
    expect(world().model.requests).toHaveLength(1);
  });
});
