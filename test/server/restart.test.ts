import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FAST_TIMINGS, startEmulator } from "../../emulator";
import { type ModelServer, startModelServer } from "../contract/model-server";
import { call, deploy, field, ML, makeChain, modelState, predict, reason, until } from "./support";

const NO_REDEPLOY = { ...FAST_TIMINGS, autoRedeployMs: 60_000 };

describe("what a restart keeps", () => {
  let directory: string;
  let backend: ModelServer;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "emulator-"));
    backend = await startModelServer();
  });

  afterEach(async () => {
    await backend.close();
    rmSync(directory, { recursive: true });
  });

  it("is everything stored: objects, persistent settings, the cluster's UUID; transient settings are gone", async () => {
    const first = await startEmulator({ dataDirectory: directory, timings: NO_REDEPLOY });
    const { groupId, connectorId, modelId } = await makeChain(first, backend.address);
    const transient = { "plugins.ml_commons.only_run_on_ml_node": false };
    await call(first.url, "PUT", "/_cluster/settings", { transient });
    const uuid = field(await call(first.url, "GET", "/"), "cluster_uuid");
    await first.close();

    const second = await startEmulator({ dataDirectory: directory, timings: NO_REDEPLOY });
    for (const path of [`model_groups/${groupId}`, `connectors/${connectorId}`, `models/${modelId}`]) {
      expect((await call(second.url, "GET", `${ML}/${path}`)).status).toBe(200);
    }
    expect(field(await call(second.url, "GET", "/"), "cluster_uuid")).toBe(uuid);
    const settings = await call(second.url, "GET", "/_cluster/settings?flat_settings=true");
    expect(settings.json).toEqual({
      persistent: {
        "plugins.ml_commons.connector.private_ip_enabled": "true",
        "plugins.ml_commons.trusted_connector_endpoints_regex": [".*"],
      },
      transient: {},
    });
    expect((await predict(second, modelId)).status).toBe(200);
    await second.close();
  });

  it("leaves models DEPLOYED by name though nothing is loaded, until a prediction loads them", async () => {
    const emulator = await startEmulator({ timings: NO_REDEPLOY });
    const { modelId } = await makeChain(emulator, backend.address);
    await deploy(emulator, modelId);
    emulator.restart();
    const profile = async () => (await call(emulator.url, "GET", `${ML}/profile/models/${modelId}`)).text;
    expect([await modelState(emulator, modelId), await profile()]).toEqual(["DEPLOYED", "{}"]);
    expect((await predict(emulator, modelId)).status).toBe(200);
    await until(async () => (await modelState(emulator, modelId)) === "DEPLOYED", "DEPLOYED again");
    expect(await profile()).toContain(modelId);
    await emulator.close();
  });

  it("loads models that were DEPLOYED by itself after a while, and leaves UNDEPLOYED ones alone", async () => {
    const emulator = await startEmulator({ timings: FAST_TIMINGS });
    const { modelId, groupId, connectorId } = await makeChain(emulator, backend.address);
    const other = { name: "other", function_name: "remote", model_group_id: groupId, connector_id: connectorId };
    const otherId = field(await call(emulator.url, "POST", `${ML}/models/_register`, other), "model_id");
    await deploy(emulator, modelId);
    emulator.restart();
    await until(async () => (await call(emulator.url, "GET", `${ML}/profile/models`)).text.includes(modelId), "loaded");
    expect((await call(emulator.url, "GET", `${ML}/profile/models`)).text).not.toContain(otherId);
    await emulator.close();
  });

  it("is on disk when the answer arrives, in one private file, with nothing half written beside it", async () => {
    const emulator = await startEmulator({ dataDirectory: directory });
    const made = await call(emulator.url, "POST", `${ML}/model_groups/_register`, { name: "kept" });
    const files = readdirSync(directory);
    expect(files).toEqual(["ml-commons-emulator.json"]);
    const path = join(directory, files[0] ?? "");
    expect(readFileSync(path, "utf8")).toContain(field(made, "model_group_id"));
    expect(statSync(path).mode & 0o077).toBe(0);
    await emulator.close();
  });

  it("says 500 when the change cannot be saved", async () => {
    const emulator = await startEmulator({ dataDirectory: directory });
    rmSync(directory, { recursive: true });
    const reply = await call(emulator.url, "POST", `${ML}/model_groups/_register`, { name: "lost" });
    mkdirSync(directory);
    expect([reply.status, reason(reply).split(":")[0]]).toEqual([
      500,
      `The emulator cannot save its state in ${directory}`,
    ]);
    await emulator.close();
  });

  it("says which file it cannot read, and what to do", async () => {
    const path = join(directory, "ml-commons-emulator.json");
    writeFileSync(path, "{half");
    const problem = `Cannot read the emulator's state in ${path}: `;
    await expect(startEmulator({ dataDirectory: directory })).rejects.toThrow(problem);
    await expect(startEmulator({ dataDirectory: directory })).rejects.toThrow("Move the file away to start empty.");
  });
});
