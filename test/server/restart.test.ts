import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSearch } from "../../clients/opensearch/connect";
import { predict } from "../../clients/opensearch/predict";
import { answerText } from "../../clients/opensearch/predict-answer";
import { Deadline } from "../../clients/wait";
import { clusterSettingLifecycle } from "../../providers/cluster-setting/lifecycle";
import { connectorLifecycle } from "../../providers/connector/lifecycle";
import { deployedModelLifecycle } from "../../providers/deployed-model/lifecycle";
import { modelGroupLifecycle } from "../../providers/model-group/lifecycle";
import { searchIndexLifecycle } from "../../providers/search-index/lifecycle";
import { freePort } from "../../tools/toolchain/ollama-server";
import { type OpenSearchServer, startOpenSearch } from "../../tools/toolchain/opensearch/server";
import { readSelection } from "../../tools/toolchain/selection";
import { created, urn, World } from "./lifecycle-support";

/** Of two servers, on a machine that does much else. */
const BOOTS_MILLISECONDS = 900_000;

const FLAG = "plugins.ml_commons.connector.private_ip_enabled";
const LIMIT = "plugins.ml_commons.max_deploy_model_tasks_per_node";

/** A server of this test's own, with its job that looks after the models every 10 s. */
describe("after a restart of the server", () => {
  const folder = mkdtempSync(join(tmpdir(), "ollama-chat-restart-"));
  let port: number;
  let server: OpenSearchServer;
  let world: World;
  let made: Awaited<ReturnType<typeof resources>>;

  async function start(): Promise<OpenSearchServer> {
    const found = readSelection()?.opensearch;
    if (found === undefined) throw new Error("The toolchain has no OpenSearch: run npm test.");
    return await startOpenSearch({ ...found, folder: join(folder, "server"), port });
  }

  async function resources() {
    const { connection } = world;
    const setting = (name: string, more: object) =>
      created(clusterSettingLifecycle, { connection, owner: urn("ClusterSetting", name), ...more });
    await world.open();
    const persistent = await setting("persistent", { settings: { [FLAG]: true } });
    const transient = await setting("transient", { settings: { [LIMIT]: 5 }, scope: "transient" });
    const group = await created(modelGroupLifecycle, world.groupInputs("g"));
    const credential = { api_key: "sk-Very-Secret-Key" };
    const connector = await created(connectorLifecycle, world.connectorInputs("c", { credential }));
    const deployed = await created(deployedModelLifecycle, world.modelInputs("m", group.id, connector.id));
    const off = await created(
      deployedModelLifecycle,
      world.modelInputs("off", group.id, connector.id, { deployed: false }),
    );
    const index = await created(searchIndexLifecycle, { connection, owner: urn("SearchIndex", "i") });
    await world.api("PUT", `/${index.id}/_doc/1?refresh=true`, { text: "kept" });
    return { persistent, transient, group, connector, deployed, off, index };
  }

  beforeAll(async () => {
    chmodSync(folder, 0o711);
    port = await freePort();
    server = await start();
    world = await World.start({ server });
    made = await resources();
    await server.stop();
    server = await start();
    // It answers before its data is there; what that means, lifecycle-starting.test.ts shows.
    await world.api("GET", "/_cluster/health?wait_for_status=yellow&wait_for_no_initializing_shards=true");
  }, BOOTS_MILLISECONDS);

  afterAll(async () => {
    await world.stop();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("a model that was deployed answers at the first question", async () => {
    const asked = predict(openSearch(world.connection), made.deployed.id, { prompt: "x" }, Deadline.after(60_000));
    expect(answerText(await asked)).toBe("ready");
  });

  it("group, connector, settings and index are there without a difference, and so is the model that was not deployed", async () => {
    const { group, connector, persistent, index, off } = made;
    expect(await modelGroupLifecycle.read(group.id, group.state)).toMatchObject({ state: group.state });
    expect(await connectorLifecycle.read(connector.id, connector.state)).toMatchObject({ state: connector.state });
    expect(await clusterSettingLifecycle.read(persistent.id, persistent.state)).toMatchObject({
      state: persistent.state,
    });
    expect(await searchIndexLifecycle.read(index.id, index.state)).toMatchObject({ state: index.state });
    expect(await deployedModelLifecycle.read(off.id, off.state)).toMatchObject({ state: off.state });
    expect(await world.api("GET", `/${index.id}/_doc/1`)).toMatchObject({ _source: { text: "kept" } });
  });

  it("a transient setting is gone, which a refresh shows and the next update puts right", async () => {
    const { id, state, inputs } = made.transient;
    const read = await clusterSettingLifecycle.read(id, state);
    expect(read?.inputs.settings).toStrictEqual({ [LIMIT]: null });
    const later = await clusterSettingLifecycle.update(id, read?.state ?? expect.unreachable(), inputs);
    expect(await clusterSettingLifecycle.read(id, later)).toMatchObject({ state: later });
  });

  it("the next update leaves the model deployed and proved, whatever the server made of it meanwhile", async () => {
    const { id, state, inputs } = made.deployed;
    const read = await deployedModelLifecycle.read(id, state);
    const later = await deployedModelLifecycle.update(id, read?.state ?? expect.unreachable(), {
      ...inputs,
      settingsRevision: "2",
    });
    expect(later).toMatchObject({ deployed: true, modelState: "DEPLOYED" });
  });

  it("all of it goes in order and leaves nothing", async () => {
    const { persistent, transient, group, connector, deployed, off, index } = made;
    await deployedModelLifecycle.delete(deployed.id, deployed.state);
    await deployedModelLifecycle.delete(off.id, off.state);
    await connectorLifecycle.delete(connector.id, connector.state);
    await modelGroupLifecycle.delete(group.id, group.state);
    await searchIndexLifecycle.delete(index.id, { ...index.state, forceDelete: true });
    await clusterSettingLifecycle.delete(transient.id, transient.state);
    await clusterSettingLifecycle.delete(persistent.id, persistent.state);
    for (const kind of ["models", "connectors", "model_groups"] as const) expect(await world.count(kind)).toBe(0);
    expect(await world.api("GET", `/${index.id}`)).toMatchObject({ status: 404 });
  });
});
