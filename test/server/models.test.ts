import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Emulator, FAST_TIMINGS, startEmulator } from "../../emulator";
import { type ModelServer, startModelServer } from "../contract/model-server";
import { call, connectorBody, deploy, field, ML, makeChain, modelState, predict, reason, until } from "./support";

describe("models", () => {
  let emulator: Emulator;
  let backend: ModelServer;

  beforeEach(async () => {
    backend = await startModelServer();
    emulator = await startEmulator({ timings: FAST_TIMINGS });
  });

  afterEach(async () => {
    await emulator.close();
    await backend.close();
  });

  it("stay DEPLOYING for a while after _deploy answered COMPLETED, and the task ends last", async () => {
    await emulator.close();
    emulator = await startEmulator({ timings: { ...FAST_TIMINGS, deployingMs: 400, taskSettledMs: 900 } });
    const { modelId } = await makeChain(emulator, backend.address);
    const reply = await call(emulator.url, "POST", `${ML}/models/${modelId}/_deploy`);
    const task = async () => field(await call(emulator.url, "GET", `${ML}/tasks/${field(reply, "task_id")}`), "state");
    expect([field(reply, "status"), await modelState(emulator, modelId), await task()]).toEqual([
      "COMPLETED",
      "DEPLOYING",
      "RUNNING",
    ]);
    await until(async () => (await modelState(emulator, modelId)) === "DEPLOYED", "DEPLOYED");
    expect(await task()).toBe("RUNNING");
    await until(async () => (await task()) === "COMPLETED", "task COMPLETED");
  });

  it("go on with their old connector when moved to a missing one, and fail at the next deployment", async () => {
    const { modelId } = await makeChain(emulator, backend.address);
    await deploy(emulator, modelId);
    expect((await call(emulator.url, "PUT", `${ML}/models/${modelId}`, { connector_id: "nope" })).status).toBe(200);
    expect((await predict(emulator, modelId)).status).toBe(200);
    await call(emulator.url, "POST", `${ML}/models/${modelId}/_undeploy`);
    const reply = await call(emulator.url, "POST", `${ML}/models/${modelId}/_deploy`);
    await until(async () => (await modelState(emulator, modelId)) === "DEPLOY_FAILED", "DEPLOY_FAILED");
    const task = () => call(emulator.url, "GET", `${ML}/tasks/${field(reply, "task_id")}`);
    await until(async () => field(await task(), "state") === "FAILED", "task FAILED");
    expect(Object.values(JSON.parse(field(await task(), "error")) as object)).toEqual([
      "Failed to find connector:nope",
    ]);
  });

  it("re-read the settings when their own connector id is put again", async () => {
    const off = { persistent: { "plugins.ml_commons.connector.private_ip_enabled": false } };
    const { modelId, connectorId } = await makeChain(emulator, backend.address);
    await call(emulator.url, "PUT", "/_cluster/settings", off);
    await deploy(emulator, modelId);
    const refused = "Remote inference host name has private ip address: 127.0.0.1";
    expect(reason(await predict(emulator, modelId))).toBe(refused);
    await call(emulator.url, "PUT", "/_cluster/settings", { persistent: { "plugins.ml_commons.*": null } });
    await call(emulator.url, "PUT", "/_cluster/settings", {
      persistent: { "plugins.ml_commons.connector.private_ip_enabled": true },
    });
    expect(reason(await predict(emulator, modelId))).toBe(refused);
    await call(emulator.url, "PUT", `${ML}/models/${modelId}`, { connector_id: connectorId });
    await until(async () => (await predict(emulator, modelId)).status === 200, "a prediction with the new settings");
  });

  it("are refused an update while they are being deployed", async () => {
    await emulator.close();
    emulator = await startEmulator({ timings: { ...FAST_TIMINGS, deployingMs: 500 } });
    const { modelId } = await makeChain(emulator, backend.address);
    await call(emulator.url, "POST", `${ML}/models/${modelId}/_deploy`);
    const put = await call(emulator.url, "PUT", `${ML}/models/${modelId}`, { description: "x" });
    const text = `Model is deploying. Please wait for the model to complete deployment. model ID ${modelId}`;
    expect([put.status, reason(put)]).toEqual([409, text]);
  });

  it("end in DEPLOY_FAILED with a version conflict when they are undeployed in the middle, though they predict", async () => {
    await emulator.close();
    emulator = await startEmulator({ timings: { ...FAST_TIMINGS, deployingMs: 300, taskSettledMs: 320 } });
    const { modelId } = await makeChain(emulator, backend.address);
    const reply = await call(emulator.url, "POST", `${ML}/models/${modelId}/_deploy`);
    await call(emulator.url, "POST", `${ML}/models/${modelId}/_undeploy`);
    await until(async () => (await modelState(emulator, modelId)) === "DEPLOY_FAILED", "DEPLOY_FAILED");
    const task = () => call(emulator.url, "GET", `${ML}/tasks/${field(reply, "task_id")}`);
    await until(async () => field(await task(), "state") === "FAILED", "task FAILED");
    expect(field(await task(), "error")).toContain("version conflict, required seqNo");
    await deploy(emulator, modelId);
    expect((await predict(emulator, modelId)).status).toBe(200);
  });

  it("registered at once into one group conflict, and none is half made", async () => {
    await emulator.close();
    emulator = await startEmulator({ timings: { ...FAST_TIMINGS, writeMs: 200 } });
    const { groupId, connectorId } = await makeChain(emulator, backend.address);
    const model = { name: "m", function_name: "remote", model_group_id: groupId, connector_id: connectorId };
    const replies = await Promise.all(
      Array.from({ length: 5 }, () => call(emulator.url, "POST", `${ML}/models/_register`, model)),
    );
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409]);
    const refused = replies.find(({ status }) => status === 409);
    expect(refused && reason(refused)).toBe(
      `Document version conflict updating ${groupId} in index .plugins-ml-model-group`,
    );
    const found = await call(emulator.url, "POST", `${ML}/models/_search`, {
      query: { term: { model_group_id: groupId } },
    });
    expect(found.json).toMatchObject({ hits: { total: { value: 2 } } });
  });

  it("never answer a registration with an inline connector without credential", async () => {
    const { groupId } = await makeChain(emulator, backend.address);
    const { credential: _, ...connector } = connectorBody(backend.address);
    const model = { name: "m", function_name: "remote", model_group_id: groupId, connector };
    const silent = call(emulator.url, "POST", `${ML}/models/_register`, model).then(() => "answered");
    silent.catch(() => undefined);
    const counted = async () =>
      field(await call(emulator.url, "GET", `${ML}/model_groups/${groupId}`), "latest_version") === "2";
    await until(counted, "the version is counted");
    expect(await Promise.race([silent, Promise.resolve("silent")])).toBe("silent");
  });

  it("show no credential anywhere", async () => {
    const { groupId, connectorId } = await makeChain(emulator, backend.address);
    const inline = {
      name: "m",
      function_name: "remote",
      model_group_id: groupId,
      connector: connectorBody(backend.address),
    };
    const modelId = field(await call(emulator.url, "POST", `${ML}/models/_register`, inline), "model_id");
    const all = { query: { match_all: {} } };
    const answers = await Promise.all([
      call(emulator.url, "GET", `${ML}/connectors/${connectorId}`),
      call(emulator.url, "GET", `${ML}/models/${modelId}`),
      call(emulator.url, "POST", `${ML}/connectors/_search`, all),
      call(emulator.url, "POST", `${ML}/models/_search`, all),
      call(emulator.url, "POST", "/.plugins-ml-model/_search", all),
      call(emulator.url, "GET", `/.plugins-ml-connector/_doc/${connectorId}`),
    ]);
    expect(answers.filter(({ text }) => text.includes("s3cret"))).toEqual([]);
  });

  it("find a connector by a parameter, as an exact term", async () => {
    const marked = connectorBody(backend.address, { parameters: { owner: "urn:a::b$c" } });
    await makeChain(emulator, backend.address);
    const id = field(await call(emulator.url, "POST", `${ML}/connectors/_create`, marked), "connector_id");
    const query = { term: { "parameters.owner": "urn:a::b$c" } };
    const found = await call(emulator.url, "POST", `${ML}/connectors/_search`, { query, _source: ["name"] });
    expect(found.json).toMatchObject({ hits: { total: { value: 1 }, hits: [{ _id: id }] } });
  });

  it("all count as users of every connector when the server's ids share a word", async () => {
    await emulator.close();
    emulator = await startEmulator({ timings: FAST_TIMINGS, sharedIdWord: "x2" });
    const { modelId } = await makeChain(emulator, backend.address);
    const unused = field(
      await call(emulator.url, "POST", `${ML}/connectors/_create`, connectorBody(backend.address)),
      "connector_id",
    );
    const refused = await call(emulator.url, "DELETE", `${ML}/connectors/${unused}`);
    const text = `1 models are still using this connector, please delete or update the models first: [${modelId}]`;
    expect([refused.status, reason(refused)]).toEqual([409, text]);
  });
});
