import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { clusterSettingLifecycle } from "../../providers/cluster-setting/lifecycle";
import { connectorLifecycle } from "../../providers/connector/lifecycle";
import { deployedModelLifecycle } from "../../providers/deployed-model/lifecycle";
import { modelGroupLifecycle } from "../../providers/model-group/lifecycle";
import { freePort } from "../../tools/toolchain/ollama-server";
import { type OpenSearchServer, startOpenSearch } from "../../tools/toolchain/opensearch/server";
import { readSelection } from "../../tools/toolchain/selection";
import { giveDataBack, takeDataAway } from "../support/opensearch/shards";
import { created, failureOf, updated, urn, World } from "./lifecycle-support";

const older = readSelection()?.olderOpensearch;
const TRUSTED = "plugins.ml_commons.trusted_connector_endpoints_regex";
const PRIVATE = "plugins.ml_commons.connector.private_ip_enabled";

/** The second real version; `npm run test:all` fetches it. */
describe.skipIf(older === undefined)("on the real OpenSearch 2.19", () => {
  const folder = mkdtempSync(join(tmpdir(), "ollama-chat-older-"));
  let server: OpenSearchServer | undefined;
  let world: World;

  beforeAll(async () => {
    if (older === undefined) return;
    chmodSync(folder, 0o711);
    server = await startOpenSearch({ ...older, folder: join(folder, "server"), port: await freePort() });
  });

  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(async () => {
    world = await World.start({ server });
  });

  afterEach(async () => {
    await world.stop();
  });

  const settings = () => ({
    connection: world.connection,
    owner: urn("ClusterSetting", "s"),
    mode: "contribute",
    settings: { [TRUSTED]: ["^http://127\\.0\\.0\\.1:.*$"], [PRIVATE]: true },
  });

  /** Settings, group, connector and deployed model, as a first `up` makes them. */
  async function chain() {
    const setting = await created(clusterSettingLifecycle, settings());
    const group = await created(modelGroupLifecycle, world.groupInputs("g", { description: "ours" }));
    const connector = await created(connectorLifecycle, world.connectorInputs("c"));
    const inputs = world.modelInputs("m", group.id, connector.id, { settingsRevision: setting.state.revision });
    return { setting, group, connector, model: await created(deployedModelLifecycle, inputs) };
  }

  it("settings, group, connector and model are made, answer, read without a difference, and leave nothing", async () => {
    const { setting, group, connector, model } = await chain();
    expect(await world.api("GET", `/_plugins/_ml/models/${model.id}`)).toMatchObject({ model_state: "DEPLOYED" });
    const asked = { parameters: { prompt: "hi" } };
    expect(await world.api("POST", `/_plugins/_ml/models/${model.id}/_predict`, asked)).toMatchObject({
      inference_results: [{ output: [{ dataAsMap: { response: "ready" } }], status_code: 200 }],
    });
    expect(await clusterSettingLifecycle.read(setting.id, setting.state)).toMatchObject({ state: setting.state });
    expect(await modelGroupLifecycle.read(group.id, group.state)).toMatchObject({ state: group.state });
    expect(await connectorLifecycle.read(connector.id, connector.state)).toMatchObject({ state: connector.state });
    expect(await deployedModelLifecycle.read(model.id, model.state)).toMatchObject({ state: model.state });
    await deployedModelLifecycle.delete(model.id, model.state);
    await connectorLifecycle.delete(connector.id, connector.state);
    await modelGroupLifecycle.delete(group.id, group.state);
    await clusterSettingLifecycle.delete(setting.id, setting.state);
    expect([await world.count("models"), await world.count("connectors"), await world.count("model_groups")]).toEqual([
      0, 0, 0,
    ]);
    expect(await world.persistent()).toEqual({});
  });

  it("a model moves to another connector and keeps its id", async () => {
    const { model } = await chain();
    const next = await created(connectorLifecycle, world.connectorInputs("next"));
    const moved = await updated(deployedModelLifecycle, model, { ...model.inputs, connectorId: next.id });
    expect(moved.id).toBe(model.id);
    expect(await world.api("GET", `/_plugins/_ml/models/${model.id}`)).toMatchObject({
      connector_id: next.id,
      model_state: "DEPLOYED",
    });
  });

  it("a model that somebody undeployed shows as drift, and the next update deploys it", async () => {
    const { model } = await chain();
    await world.api("POST", `/_plugins/_ml/models/${model.id}/_undeploy`);
    const seen = await deployedModelLifecycle.read(model.id, model.state);
    if (seen === undefined) return expect.unreachable("the model is there");
    expect(deployedModelLifecycle.diff(model.id, seen.state, model.inputs).changes).toBe(true);
    await deployedModelLifecycle.update(model.id, seen.state, model.inputs);
    expect(await world.api("GET", `/_plugins/_ml/models/${model.id}`)).toMatchObject({ model_state: "DEPLOYED" });
  });

  it("what it drops without a word is refused, with the release that understands it", async () => {
    await world.open();
    const inputs = world.connectorInputs("c");
    const { parameters, actions } = inputs;
    const [{ actionType, requestBody, ...action }] = actions as [(typeof actions)[0]];
    const made = await world.api("POST", "/_plugins/_ml/connectors/_create", {
      name: "by hand",
      version: 1,
      protocol: "http",
      parameters,
      credential: { none: "none" },
      actions: [{ ...action, action_type: actionType, request_body: requestBody, name: "ask" }],
      client_config: { max_connection: 7, skip_ssl_verification: true },
    });
    const seen = await world.api("GET", `/_plugins/_ml/connectors/${String(made.connector_id)}`);
    expect(seen.client_config).toMatchObject({ max_connection: 7, read_timeout: 30_000 });
    expect(seen.client_config).not.toHaveProperty("skip_ssl_verification");
    expect((seen.actions as object[])[0]).not.toHaveProperty("name");

    const refused = async (more: object) =>
      (await failureOf(created(connectorLifecycle, { ...inputs, ...more }))).message;
    expect(await refused({ actions: [{ ...actions[0], name: "ask" }] })).toContain(
      'Connector "c": create failed: actions.0.name needs OpenSearch 3.5 or later; this cluster is 2.19.6.',
    );
    expect(await refused({ clientConfig: { skipSslVerification: true } })).toContain(
      "clientConfig.skipSslVerification needs OpenSearch 3.5 or later; this cluster is 2.19.6.",
    );
    expect(await world.count("connectors")).toBe(1);
  });

  it("nothing is taken for gone while its data is not there, as after a start", async () => {
    const { group, connector, model } = await chain();
    const api: World["api"] = (...request) => world.api(...request);
    await takeDataAway(api, /^\.plugins-ml-(model|model-group|connector)$/);
    for (const read of [
      () => modelGroupLifecycle.read(group.id, group.state),
      () => connectorLifecycle.read(connector.id, connector.state),
      () => deployedModelLifecycle.read(model.id, model.state),
    ]) {
      expect((await failureOf(read())).message).toContain(
        `answered 500 status_exception: Failed to get data object from index `,
      );
    }
    await giveDataBack(api);
    expect(await deployedModelLifecycle.read(model.id, model.state)).toMatchObject({ state: model.state });
  });
});
