import { describe, expect, it } from "vitest";
import { connectorLifecycle } from "../../providers/connector/lifecycle";
import { deployedModelLifecycle as lifecycle } from "../../providers/deployed-model/lifecycle";
import { modelGroupLifecycle } from "../../providers/model-group/lifecycle";
import { PartialFailure } from "../../providers/shared/lifecycle";
import { created, eachInItsOwnWorld, FAILING, failureOf, ModelServer, updated } from "./lifecycle-support";

const world = eachInItsOwnWorld();
const seen = (id: string) => world().api("GET", `/_plugins/_ml/models/${id}`);

const BACK_IN_USE = "DeployedModel m: the new connector did not answer; the previous one is back in use";

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

  /** A connector whose questions go to another model server. */
  async function connectorTo(endpoint: string): Promise<string> {
    const [action] = world().connectorInputs("other").actions;
    const actions = [{ ...action, url: `${endpoint}/api/generate` }];
    return (await created(connectorLifecycle, world().connectorInputs("other", { actions }))).id;
  }

  it("a connector whose model server fails is left again: callers keep the old one, and the state too", async () => {
    const { model } = await movable();
    const failing = await new ModelServer().start();
    failing.mood = FAILING;
    try {
      const connectorId = await connectorTo(failing.endpoint);
      const failure = await failureOf(updated(lifecycle, model, { ...model.inputs, connectorId }));
      expect(failure).not.toBeInstanceOf(PartialFailure);
      expect(failure.message).toContain('DeployedModel "m": update failed: ');
      expect(failure.message).toContain("llama runner process has terminated");
    } finally {
      await failing.stop();
    }
    expect(world().lines).toContain(BACK_IN_USE);
    expect(await seen(model.id)).toMatchObject({ connector_id: model.inputs.connectorId, model_state: "DEPLOYED" });
  });

  it("so is one that is refused a connection until the deadline, and what was said is told, not a silence at the end", async () => {
    const { model } = await movable();
    const connectorId = await connectorTo("http://127.0.0.1:9");
    const match = { method: "POST", path: "/_plugins/_ml/models/*/_predict" };
    world().cluster.faults.add({ match, nth: 2, action: { kind: "hang" } });
    const timeouts = { updateSeconds: 10 };
    const failure = await failureOf(updated(lifecycle, model, { ...model.inputs, timeouts, connectorId }));
    expect(failure).not.toBeInstanceOf(PartialFailure);
    expect(failure.message).toContain("Error communicating with remote model: Connection refused: /127.0.0.1:9\n");
    expect(world().lines).toContain(BACK_IN_USE);
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
