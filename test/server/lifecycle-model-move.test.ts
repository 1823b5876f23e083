import { describe, expect, it } from "vitest";
import { connectorLifecycle } from "../../providers/connector/lifecycle";
import { deployedModelLifecycle as lifecycle } from "../../providers/deployed-model/lifecycle";
import { PartialFailure } from "../../providers/lifecycle";
import { modelGroupLifecycle } from "../../providers/model-group/lifecycle";
import { created, eachInItsOwnWorld, FAILING, failureOf, updated } from "./lifecycle-support";

const world = eachInItsOwnWorld();
const seen = (id: string) => world().api("GET", `/_plugins/_ml/models/${id}`);

describe("a move to another connector", () => {
  async function movable() {
    await world().open();
    const group = await created(modelGroupLifecycle, world().groupInputs("g"));
    const connector = await created(connectorLifecycle, world().connectorInputs("c"));
    const model = await created(lifecycle, world().modelInputs("m", group.id, connector.id));
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

  it.each([
    ["", 0],
    [", also where it goes silent in the end", 1],
  ])(
    "a connector whose model server fails is left again: callers keep the old one, and the state too%s",
    async (_also, silences) => {
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
      const timeouts = { updateSeconds: 5 };
      const predict = { method: "POST", path: "/_plugins/_ml/models/*/_predict" };
      world().cluster.faults.add({ match: predict, nth: 2, times: silences, action: { kind: "hang" } });
      const failure = await failureOf(updated(lifecycle, model, { ...model.inputs, timeouts, connectorId: broken.id }));
      expect(failure).not.toBeInstanceOf(PartialFailure);
      expect(failure.message).toContain('DeployedModel "m": update failed: ');
      expect(failure.message).toContain("Connection refused");
      expect(world().lines).toContain(
        "DeployedModel m: the new connector did not answer; the previous one is back in use",
      );
      expect(await seen(model.id)).toMatchObject({ connector_id: model.inputs.connectorId, model_state: "DEPLOYED" });
    },
  );

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
