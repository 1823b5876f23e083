import { describe, expect, it } from "vitest";
import { deployedModelLifecycle as lifecycle } from "../../providers/deployed-model/lifecycle";
import { modelGroupLifecycle } from "../../providers/model-group/lifecycle";
import { PartialFailure } from "../../providers/shared/lifecycle";
import { modelsIn } from "./lifecycle-model-support";
import { created, eachInItsOwnWorld, FAILING, failureOf } from "./lifecycle-support";

const world = eachInItsOwnWorld();
const { breakCredential, deployed, groupAndConnector, seen } = modelsIn(world);

/** What a model can be used by besides whoever asks it: each makes one and gives what it is called. */
const USERS: readonly (readonly [string, (modelId: string) => Promise<string>])[] = [
  [
    "a search pipeline",
    async (modelId) => {
      const processor = { retrieval_augmented_generation: { model_id: modelId, context_field_list: ["text"] } };
      await world().api("PUT", "/_search/pipeline/rag-1", { response_processors: [processor] });
      return "search pipeline rag-1";
    },
  ],
  [
    "an ingest pipeline",
    async (modelId) => {
      const processor = { text_embedding: { model_id: modelId, field_map: { text: "vector" } } };
      await world().api("PUT", "/_ingest/pipeline/embed-1", { processors: [processor] });
      return "ingest pipeline embed-1";
    },
  ],
  [
    "an agent",
    async (modelId) => {
      const tool = { type: "MLModelTool", parameters: { model_id: modelId, prompt: "${parameters.question}" } };
      const body = { name: "asker", type: "flow", tools: [tool] };
      const { agent_id: id } = await world().api("POST", "/_plugins/_ml/agents/_register", body);
      return `agent ${String(id)}`;
    },
  ],
];

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
    const { groupId, connectorId } = await groupAndConnector();
    await breakCredential(connectorId);
    const failure = await failureOf(created(lifecycle, world().modelInputs("m", groupId, connectorId)));
    expect(failure).toBeInstanceOf(PartialFailure);
    expect(failure.message).toMatch(
      /^DeployedModel "m": create failed: The model \S+ is DEPLOY_FAILED: node \S+: Tag mismatch\n {2}cause: The connector's credential was encrypted with a key that the cluster no longer has: the index \.plugins-ml-config with the key was lost, restored from another cluster, or left out of a snapshot\. Or the stored credential was damaged\.\n {2}fix: Store the credential again: create a new connector with it and move the model there\. With this package, run pulumi up --replace URN-OF-THE-CONNECTOR \(pulumi stack --show-urns shows it\)\. The model's id stays\.$/,
    );
  });

  it("that never answers is waited for no longer than the deadline", async () => {
    world().model.mood = "silent";
    const failure = await failureOf(deployed({ timeouts: { createSeconds: 8 } }));
    if (!(failure instanceof PartialFailure)) return expect.unreachable(failure.message);
    expect(failure.message).toBe(
      [
        `DeployedModel "m": create failed: Waited 8 s for model ${failure.id} to answer; last seen: no answer yet`,
        "  cause: It did not happen in time. The last observed state is above.",
        "  fix: If the server is only slow, raise the resource's timeouts.",
      ].join("\n"),
    );
    expect(world().model.requests).toHaveLength(1);
  });

  it("that streams does not pass for one that answers, though the server says 200", async () => {
    const parts = ["re", "ady", ""].map((response) => ({ model: "m", response, done: response === "" }));
    world().model.mood = { status: 200, body: parts.map((part) => `${JSON.stringify(part)}\n`).join("") };
    const failure = await failureOf(deployed());
    if (!(failure instanceof PartialFailure)) return expect.unreachable(failure.message);
    expect(failure.state).toMatchObject({ deployed: false });
    expect(failure.message).toBe(
      [
        `DeployedModel "m": create failed: POST /_plugins/_ml/models/${failure.id}/_predict answered in a form that is not understood: the model server streams its answer, and this is the list of its parts`,
        "  cause: The model server streams its answer, but ML Commons reads only one JSON document (#2996). From 3.5 on it returns the raw stream of /api/generate and /api/chat as one string, in dataAsMap.response, as if that were the answer.",
        '  fix: Put "stream": false into the connector\'s request_body.',
      ].join("\n"),
    );
  });

  it("an unknown model of the model server is told with the way out", async () => {
    world().model.mood = { status: 404, body: { error: 'model "m" not found, try pulling it first' } };
    const failure = await failureOf(deployed());
    expect(failure.message).toContain("\n  fix: Add an OllamaModel for it (or run ollama pull NAME:TAG)");
  });
});

describe("a model that an interrupted run left", () => {
  it("is taken over by the same resource", async () => {
    const lost = await deployed();
    const again = await created(lifecycle, lost.inputs);
    expect(again.id).toBe(lost.id);
    expect(again.state).toStrictEqual({ ...lost.state, instance: again.state.instance });
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
    world().cluster.faults.add({
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
    // What the server's own job writes where it finds a model DEPLOYED that no node holds any more.
    const mark = async () => {
      const path = `/.plugins-ml-model/_update/${model.id}?refresh=true`;
      await world().api("POST", path, { doc: { model_state: "DEPLOY_FAILED" } });
    };
    world().cluster.faults.add({ match: { method: "DELETE" }, action: { kind: "before", act: mark } });
    await lifecycle.delete(model.id, model.state);
    expect(await world().count("models")).toBe(0);
  });

  it("that a caller deploys again in between succeeds", async () => {
    const model = await deployed();
    const { faults } = world().cluster;
    const deploy = async () => void (await world().api("POST", `/_plugins/_ml/models/${model.id}/_deploy`));
    faults.add({ match: { method: "DELETE" }, action: { kind: "before", act: deploy } });
    await lifecycle.delete(model.id, model.state);
    expect(faults.list()).toMatchObject([{ seen: 2, hit: 1 }]);
    expect(await world().count("models")).toBe(0);
  });

  it.each(USERS)("that %s names is refused, unless told otherwise", async (_kind, use) => {
    const model = await deployed();
    const name = await use(model.id);
    const failure = await failureOf(lifecycle.delete(model.id, model.state));
    expect(failure.message).toBe(
      [
        `DeployedModel "m": delete failed: The model ${model.id} is still used by ${name}.`,
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
    world().cluster.faults.add({ match: { path: "/_search/pipeline" }, times: 9, action: { kind: "refuse" } });
    const failure = await failureOf(lifecycle.delete(model.id, model.state));
    expect(failure.message).toContain("GET /_search/pipeline: no answer from ");
    expect(await world().count("models")).toBe(1);
  });

  it("lets its group go right after it", async () => {
    const { groupId, groupState, connectorId } = await groupAndConnector();
    const model = await created(lifecycle, world().modelInputs("m", groupId, connectorId));
    await lifecycle.delete(model.id, model.state);
    await modelGroupLifecycle.delete(groupId, groupState);
    expect(await world().count("model_groups")).toBe(0);
  });
});
