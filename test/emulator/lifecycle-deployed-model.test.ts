import { describe, expect, it } from "vitest";
import { connectorLifecycle } from "../../providers/connector/lifecycle";
import { deployedModelLifecycle as lifecycle } from "../../providers/deployed-model/lifecycle";
import { PartialFailure } from "../../providers/lifecycle";
import { modelGroupLifecycle } from "../../providers/model-group/lifecycle";
import { created, eachInItsOwnWorld, FAILING, failureOf, updated } from "./lifecycle-support";

const world = eachInItsOwnWorld();

const seen = (id: string) => world().api("GET", `/_plugins/_ml/models/${id}`);
const by = (method: string, id: string, action: string) => world().api(method, `/_plugins/_ml/models/${id}/${action}`);

async function groupAndConnector() {
  await world().open();
  const group = await created(modelGroupLifecycle, world().groupInputs("g"));
  const connector = await created(connectorLifecycle, world().connectorInputs("c"));
  return { groupId: group.id, connectorId: connector.id };
}

async function deployed(more: Record<string, unknown> = {}) {
  const { groupId, connectorId } = await groupAndConnector();
  return await created(lifecycle, world().modelInputs("m", groupId, connectorId, more));
}

describe("a deployed model", () => {
  it("lives: created and proved by an answer, read without a difference, changed in place, deleted", async () => {
    const model = await deployed({ description: "first" });
    expect(model.state.modelState).toBe("DEPLOYED");
    expect(world().model.requests).toStrictEqual([
      {
        path: "/api/generate",
        body: { model: "m", prompt: "Reply with one word: ready.", stream: false, options: { num_predict: 4 } },
      },
    ]);
    expect(await lifecycle.read(model.id, model.state)).toStrictEqual({ state: model.state, inputs: model.inputs });

    const later = await updated(lifecycle, model, { ...model.inputs, description: "second" });
    expect(later.state.modelState).toBe("DEPLOYED");
    expect(await seen(model.id)).toMatchObject({ description: "second", model_state: "DEPLOYED" });
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

describe("other writers", () => {
  const conflict = (reason: string) => ({
    kind: "status" as const,
    status: 409,
    body: { error: { type: "status_exception", reason }, status: 409 },
  });

  it("that register into the same group are waited out, longer than a retry would", async () => {
    const { groupId, connectorId } = await groupAndConnector();
    world().emulator.faults.add({
      match: { method: "POST", path: "/_plugins/_ml/models/_register" },
      times: 5,
      action: conflict("Document version conflict updating x in index .plugins-ml-model-group"),
    });
    await created(lifecycle, world().modelInputs("m", groupId, connectorId));
    expect(await world().count("models")).toBe(1);
  });

  it("that deploy the model meanwhile are waited out", async () => {
    const model = await deployed();
    world().emulator.faults.add({
      match: { method: "PUT", path: "/_plugins/_ml/models/*" },
      times: 5,
      action: conflict("Model is deploying. Please wait for the model to complete deployment. model ID x"),
    });
    await updated(lifecycle, model, { ...model.inputs, description: "second" });
    expect(await seen(model.id)).toMatchObject({ description: "second" });
  });

  it("that deleted the model are told, with the way to have it made again", async () => {
    const model = await deployed();
    await by("POST", model.id, "_undeploy");
    await world().api("DELETE", `/_plugins/_ml/models/${model.id}`);
    const failure = await failureOf(updated(lifecycle, model, { ...model.inputs, description: "second" }));
    expect(failure.message).toContain("\n  fix: Run pulumi up --refresh: what is missing gets made again.");
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
    world().emulator.faults.add({ action: { kind: "deploy-fails", error: "version conflict, required seqNo" } });
    const model = await deployed();
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

describe("a failing model server", () => {
  it("leaves the model in the state, undeployed in its eyes, and the next run goes on with it", async () => {
    world().model.mood = FAILING;
    const failure = await failureOf(deployed());
    if (!(failure instanceof PartialFailure)) return expect.unreachable(failure.message);
    expect(failure.message).toMatch(
      /^DeployedModel "m": create failed: POST \/_plugins\/_ml\/models\/\S+\/_predict answered 500 \S+: Error from remote service: /,
    );
    expect(failure.message).toContain("llama runner process has terminated");
    expect(failure.state).toMatchObject({ deployed: false });

    world().model.mood = { status: 200, body: { response: "ready" } };
    const { inputs } = lifecycle.check({ ...failure.state, deployed: undefined }, failure.state);
    const state = failure.state as Parameters<typeof lifecycle.update>[1];
    const wanted = { ...inputs, deployed: true };
    expect(lifecycle.diff(failure.id, state, wanted)).toStrictEqual({ changes: true });
    const healed = await lifecycle.update(failure.id, state, wanted);
    expect(healed).toMatchObject({ deployed: true, modelState: "DEPLOYED" });
    expect(await world().count("models")).toBe(1);
  });

  it("and a destroy removes it", async () => {
    world().model.mood = FAILING;
    const failure = await failureOf(deployed());
    if (!(failure instanceof PartialFailure)) return expect.unreachable(failure.message);
    await lifecycle.delete(failure.id, failure.state as Parameters<typeof lifecycle.delete>[1]);
    expect(await world().count("models")).toBe(0);
  });

  it("a deployment that fails twice names the node's own error, and the model stays in the state", async () => {
    world().emulator.faults.add({ times: 2, action: { kind: "deploy-fails", error: "no space left" } });
    const failure = await failureOf(deployed());
    expect(failure).toBeInstanceOf(PartialFailure);
    expect(failure.message).toMatch(
      /^DeployedModel "m": create failed: The model \S+ is DEPLOY_FAILED: node \S+: no space left\n {2}cause: The server could not load the model; its task's error is above.\n {2}fix: Mend what the error names, then run pulumi up again: it goes on with this model.$/,
    );
  });

  it("that never answers is waited for no longer than the deadline", async () => {
    world().model.mood = "silent";
    const failure = await failureOf(deployed({ timeouts: { createSeconds: 0.2 } }));
    if (!(failure instanceof PartialFailure)) return expect.unreachable(failure.message);
    expect(failure.message).toBe(
      [
        `DeployedModel "m": create failed: Waited 0.2 s for model ${failure.id} to answer; last seen: no answer yet`,
        "  cause: It did not happen in time; the last state that was seen is above.",
        "  fix: If the server is only slow, raise the resource's timeouts.",
      ].join("\n"),
    );
    expect(world().model.requests).toHaveLength(1);
  });

  it("an unknown model of the model server is told with the way out", async () => {
    world().model.mood = { status: 404, body: { error: 'model "m" not found, try pulling it first' } };
    const failure = await failureOf(deployed());
    expect(failure.message).toContain("\n  fix: Add an OllamaModel for it (or run: ollama pull NAME:TAG)");
  });
});

describe("a move to another connector", () => {
  async function movable() {
    const model = await deployed();
    const next = await created(connectorLifecycle, world().connectorInputs("next"));
    return { model, nextId: next.id };
  }

  it("keeps the model's id, and is proved by an answer", async () => {
    const { model, nextId } = await movable();
    const later = await updated(lifecycle, model, { ...model.inputs, connectorId: nextId });
    expect(later.state.connectorId).toBe(nextId);
    expect(await seen(model.id)).toMatchObject({ connector_id: nextId, model_state: "DEPLOYED" });
    expect(world().model.requests).toHaveLength(2);
  });

  it("a connector whose model server fails is left again: callers keep the old one, and the state too", async () => {
    const { model } = await movable();
    const broken = await created(
      connectorLifecycle,
      world().connectorInputs("broken", {
        actions: [
          {
            actionType: "predict",
            method: "POST",
            url: "http://127.0.0.1:9/api/generate",
            requestBody: '{ "prompt": "${parameters.prompt}", "stream": false }',
          },
        ],
        parameters: {},
      }),
    );
    const timeouts = { updateSeconds: 0.5 };
    const failure = await failureOf(updated(lifecycle, model, { ...model.inputs, timeouts, connectorId: broken.id }));
    expect(failure).not.toBeInstanceOf(PartialFailure);
    expect(failure.message).toContain('DeployedModel "m": update failed: ');
    expect(failure.message).toContain("Connection refused");
    expect(world().lines).toContain(
      "DeployedModel m: the new connector did not answer; the previous one is back in use",
    );
    expect(await seen(model.id)).toMatchObject({ connector_id: model.inputs.connectorId, model_state: "DEPLOYED" });
  });

  it("where the old one fails too, the true state is kept for the next run", async () => {
    const { model, nextId } = await movable();
    world().model.mood = FAILING;
    const failure = await failureOf(updated(lifecycle, model, { ...model.inputs, connectorId: nextId }));
    if (!(failure instanceof PartialFailure)) return expect.unreachable(failure.message);
    expect(failure.id).toBe(model.id);
    const { connector_id: present } = await seen(model.id);
    expect(failure.state).toMatchObject({ connectorId: present, deployed: false });
    world().model.mood = { status: 200, body: { response: "ready" } };
    const state = failure.state as Parameters<typeof lifecycle.update>[1];
    const healed = await lifecycle.update(model.id, state, { ...model.inputs, connectorId: nextId });
    expect(healed).toMatchObject({ connectorId: nextId, modelState: "DEPLOYED" });
    expect(await seen(model.id)).toMatchObject({ connector_id: nextId });
  });

  it("a connector that does not exist is refused before anything is written", async () => {
    const { model } = await movable();
    const failure = await failureOf(updated(lifecycle, model, { ...model.inputs, connectorId: "nope" }));
    expect(failure.message).toBe(
      [
        'DeployedModel "m": update failed: There is no connector nope on this cluster.',
        "  cause: connectorId names a connector that was deleted, or that is on another cluster.",
        "  fix: Refer to a Connector by its .id, and run pulumi up --refresh.",
      ].join("\n"),
    );
    expect(await seen(model.id)).toMatchObject({ connector_id: model.inputs.connectorId });
  });

  it("no answer is lost: callers are served all through it", async () => {
    const { model, nextId } = await movable();
    const ask = () => world().api("POST", `/_plugins/_ml/models/${model.id}/_predict`, { parameters: { prompt: "x" } });
    let moving = true;
    const caller = (async () => {
      const answers: unknown[] = [];
      while (moving) answers.push(await ask());
      return answers;
    })();
    await updated(lifecycle, model, { ...model.inputs, connectorId: nextId });
    moving = false;
    const answers = await caller;
    expect(answers.length).toBeGreaterThan(0);
    for (const answer of answers) expect(answer).toHaveProperty("inference_results");
  });
});

describe("a model that an interrupted run left", () => {
  it("is taken over by the same resource", async () => {
    const lost = await deployed();
    const again = await created(lifecycle, lost.inputs);
    expect(again.id).toBe(lost.id);
    expect(again.state).toStrictEqual(lost.state);
    expect(await world().count("models")).toBe(1);
    expect(world().lines).toContain(`DeployedModel m: takes over ${lost.id}, which an interrupted run left`);
  });

  it("is taken over and deployed where it was only registered", async () => {
    const lost = await deployed({ deployed: false });
    const again = await created(lifecycle, { ...lost.inputs, deployed: true });
    expect(again.id).toBe(lost.id);
    expect(await seen(again.id)).toMatchObject({ model_state: "DEPLOYED" });
  });

  it("is left alone where its owner is another", async () => {
    const first = await deployed();
    const { modelGroupId, connectorId } = first.inputs;
    await created(lifecycle, world().modelInputs("other", modelGroupId, connectorId));
    expect(await world().count("models")).toBe(2);
  });

  it("is found though the answer to its registration was lost", async () => {
    const { groupId, connectorId } = await groupAndConnector();
    world().emulator.faults.add({
      match: { method: "POST", path: "/_plugins/_ml/models/_register" },
      action: { kind: "drop-response" },
    });
    const model = await created(lifecycle, world().modelInputs("m", groupId, connectorId));
    expect(model.state.modelState).toBe("DEPLOYED");
    expect(await world().count("models")).toBe(1);
  });
});

describe("deleting a model", () => {
  it("that the server marks DEPLOY_FAILED after the undeploy succeeds", async () => {
    const model = await deployed();
    world().emulator.faults.add({ action: { kind: "undeploy-marks-failed" } });
    await lifecycle.delete(model.id, model.state);
    expect(await world().count("models")).toBe(0);
  });

  it("that a caller deploys again in between succeeds", async () => {
    const model = await deployed();
    world().emulator.faults.add({
      match: { method: "DELETE" },
      action: {
        kind: "status",
        status: 400,
        body: {
          error: {
            type: "status_exception",
            reason: "Model cannot be deleted in deploying or deployed state. Try undeploy model first then delete",
          },
          status: 400,
        },
      },
    });
    await lifecycle.delete(model.id, model.state);
    expect(await world().count("models")).toBe(0);
  });

  it("that a search pipeline names is refused, unless told otherwise", async () => {
    const model = await deployed();
    const pipelines = { "rag-1": { request_processors: [{ ml_inference: { model_id: model.id } }] } };
    world().emulator.faults.add({
      match: { method: "GET", path: "/_search/pipeline" },
      times: 5,
      action: { kind: "status", status: 200, body: pipelines },
    });
    const failure = await failureOf(lifecycle.delete(model.id, model.state));
    expect(failure.message).toBe(
      [
        `DeployedModel "m": delete failed: The model ${model.id} is still named by search pipeline rag-1.`,
        "  cause: Deleting it would break them, and the server itself does not check (safe_delete_model is off by default).",
        "  fix: Remove the model from them first, or set forceDelete: true and run pulumi up before pulumi destroy.",
      ].join("\n"),
    );
    expect(await seen(model.id)).toMatchObject({ model_state: "DEPLOYED" });
    await lifecycle.delete(model.id, { ...model.state, forceDelete: true });
    expect(await world().count("models")).toBe(0);
  });

  it("is not done where nobody can tell whether a pipeline names it", async () => {
    const model = await deployed();
    world().emulator.faults.add({ match: { path: "/_search/pipeline" }, times: 9, action: { kind: "refuse" } });
    const failure = await failureOf(lifecycle.delete(model.id, model.state));
    expect(failure.message).toContain("GET /_search/pipeline: no answer from ");
    expect(await world().count("models")).toBe(1);
  });

  it("lets its group go right after it", async () => {
    const { groupId, connectorId } = await groupAndConnector();
    const model = await created(lifecycle, world().modelInputs("m", groupId, connectorId));
    await lifecycle.delete(model.id, model.state);
    await modelGroupLifecycle.delete(groupId, {
      connection: world().connection,
      name: "g",
      description: "d",
      clusterUuid: model.state.clusterUuid,
      schemaVersion: 1,
    });
    expect(await world().count("model_groups")).toBe(0);
  });
});
