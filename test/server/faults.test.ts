import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Emulator, FAST_TIMINGS, startEmulator } from "../../emulator";
import { type ModelServer, startModelServer } from "../contract/model-server";
import { call, deploy, field, ML, makeChain, modelState, predict, reason, until } from "./support";

const REGISTER = { method: "POST", path: `${ML}/model_groups/_register` };

describe("faults on demand", () => {
  let emulator: Emulator;
  let backend: ModelServer;

  beforeEach(async () => {
    backend = await startModelServer();
    emulator = await startEmulator({ timings: FAST_TIMINGS, controlPort: 0 });
  });

  afterEach(async () => {
    await emulator.close();
    await backend.close();
  });

  const register = (name: string) => call(emulator.url, "POST", `${ML}/model_groups/_register`, { name });
  const groups = async () =>
    (await call(emulator.url, "POST", `${ML}/model_groups/_search`, { query: { match_all: {} } })).json;

  it("refuse the n-th matching request before it does anything", async () => {
    emulator.faults.add({ match: REGISTER, nth: 2, action: { kind: "refuse" } });
    expect((await register("a")).status).toBe(200);
    await expect(register("b")).rejects.toThrow();
    expect((await register("c")).status).toBe(200);
    expect(await groups()).toMatchObject({ hits: { total: { value: 2 } } });
  });

  it("lose the answer of a request that was carried out", async () => {
    emulator.faults.add({ match: REGISTER, action: { kind: "drop-response" } });
    await expect(register("a")).rejects.toThrow();
    expect(await groups()).toMatchObject({ hits: { total: { value: 1 } } });
  });

  it("answer with a status instead", async () => {
    emulator.faults.add({ match: REGISTER, times: 2, action: { kind: "status", status: 503 } });
    expect([(await register("a")).status, (await register("a")).status, (await register("a")).status]).toEqual([
      503, 503, 200,
    ]);
  });

  it("delay a request", async () => {
    emulator.faults.add({ match: { path: "/_plugins/*" }, action: { kind: "delay", delayMs: 80 } });
    const startedAt = Date.now();
    await register("a");
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(75);
  });

  it("end a deployment in DEPLOY_FAILED with a text in its task", async () => {
    const { modelId } = await makeChain(emulator, backend.address);
    emulator.faults.add({ action: { kind: "deploy-fails", error: "no memory" } });
    const reply = await call(emulator.url, "POST", `${ML}/models/${modelId}/_deploy`);
    await until(async () => (await modelState(emulator, modelId)) === "DEPLOY_FAILED", "DEPLOY_FAILED");
    const task = () => call(emulator.url, "GET", `${ML}/tasks/${field(reply, "task_id")}`);
    await until(async () => field(await task(), "state") === "FAILED", "task FAILED");
    expect(Object.values(JSON.parse(field(await task(), "error")) as object)).toEqual(["no memory"]);
    await deploy(emulator, modelId);
  });

  it("leave a model DEPLOY_FAILED after its undeployment, deletable all the same", async () => {
    const { modelId } = await makeChain(emulator, backend.address);
    await deploy(emulator, modelId);
    emulator.faults.add({ action: { kind: "undeploy-marks-failed" } });
    await call(emulator.url, "POST", `${ML}/models/${modelId}/_undeploy`);
    expect(await modelState(emulator, modelId)).toBe("DEPLOY_FAILED");
    expect((await call(emulator.url, "DELETE", `${ML}/models/${modelId}`)).status).toBe(200);
  });

  it("break the model server behind a prediction", async () => {
    const { modelId } = await makeChain(emulator, backend.address);
    emulator.faults.add({ action: { kind: "backend", status: 503, body: "busy" } });
    emulator.faults.add({ nth: 2, action: { kind: "backend", hangsUp: true } });
    expect(reason(await predict(emulator, modelId))).toBe("Error from remote service: busy");
    expect(reason(await predict(emulator, modelId))).toContain("The connection was closed during the request.");
    expect((await predict(emulator, modelId)).status).toBe(200);
  });

  it("are ordered by other processes through the control route, which also restarts", async () => {
    const control = emulator.controlUrl ?? "";
    const added = await call(control, "POST", "/faults", { match: REGISTER, action: { kind: "status", status: 429 } });
    expect([added.status, added.json]).toEqual([201, { id: 1 }]);
    expect((await register("a")).status).toBe(429);
    expect((await call(control, "GET", "/faults")).json).toMatchObject({ faults: [{ id: 1, seen: 1, hit: 1 }] });
    expect((await call(control, "DELETE", "/faults")).json).toEqual({ faults: [] });
    expect((await call(control, "POST", "/restart")).json).toEqual({ restarted: true });
    const wrong = await call(control, "POST", "/faults", { action: { kind: "explode" } });
    expect([wrong.status, field(wrong, "error")]).toEqual([
      400,
      'A fault needs an action with a kind, one of refuse, drop-response, delay, status, deploy-fails, undeploy-marks-failed, backend: {"action":{"kind":"refuse"}}',
    ]);
  });
});
