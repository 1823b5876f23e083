import { describe, expect, it } from "vitest";
import { clusterSettingLifecycle } from "../../providers/cluster-setting/lifecycle";
import { connectorLifecycle } from "../../providers/connector/lifecycle";
import { deployedModelLifecycle } from "../../providers/deployed-model/lifecycle";
import { modelGroupLifecycle } from "../../providers/model-group/lifecycle";
import { created, eachInItsOwnWorld, failureOf, urn } from "./lifecycle-support";

const world = eachInItsOwnWorld({ kind: "secured" });

const USER_PASSWORD = "Patient-Lantern-2806";
const SETTINGS = "cluster:admin/settings/update";
const PIPELINES = ["cluster:admin/ingest/pipeline/get", "cluster:admin/search/pipeline/get"];

describe("a user of the cluster with the role ml_full_access", () => {
  /** Makes a user who may do what that role allows, and these things; answers inputs of a connection as that user. */
  async function userWith(name: string, actions: readonly string[]) {
    const security = "/_plugins/_security/api";
    await world().api("PUT", `${security}/roles/${name}`, { cluster_permissions: actions });
    await world().api("PUT", `${security}/internalusers/${name}`, {
      password: USER_PASSWORD,
      opendistro_security_roles: ["ml_full_access", name],
    });
    return { ...world().connection, username: name, password: USER_PASSWORD };
  }

  /** What a stack makes, as that user. */
  async function chainAs(connection: object) {
    const settings = {
      "plugins.ml_commons.trusted_connector_endpoints_regex": ["^http://127\\.0\\.0\\.1:.*$"],
      "plugins.ml_commons.connector.private_ip_enabled": true,
    };
    const owner = urn("ClusterSetting", "s");
    const setting = await created(clusterSettingLifecycle, { connection, owner, mode: "contribute", settings });
    const group = await created(modelGroupLifecycle, world().groupInputs("g", { connection }));
    const connector = await created(connectorLifecycle, world().connectorInputs("c", { connection }));
    const inputs = world().modelInputs("m", group.id, connector.id, { connection });
    return { setting, group, connector, model: await created(deployedModelLifecycle, inputs) };
  }

  it("who may also change settings and read pipelines can make, read and delete everything, claims among it", async () => {
    const { setting, group, connector, model } = await chainAs(await userWith("whole", [SETTINGS, ...PIPELINES]));
    expect(await world().claimants()).toEqual(["s"]);
    expect((await clusterSettingLifecycle.read(setting.id, setting.state))?.state).toEqual(setting.state);
    expect((await deployedModelLifecycle.read(model.id, model.state))?.state).toEqual(model.state);
    await deployedModelLifecycle.delete(model.id, model.state);
    await connectorLifecycle.delete(connector.id, connector.state);
    await modelGroupLifecycle.delete(group.id, group.state);
    await clusterSettingLifecycle.delete(setting.id, setting.state);
    expect([await world().persistent(), await world().claimants(), await world().count("models")]).toEqual([{}, [], 0]);
  });

  it("who may not read pipelines deletes no model that one may name: the missing right is told, and the way on", async () => {
    const { model } = await chainAs(await userWith("blind", [SETTINGS]));
    const processor = { retrieval_augmented_generation: { model_id: model.id, context_field_list: ["text"] } };
    await world().api("PUT", "/_search/pipeline/theirs", { response_processors: [processor] });
    const failure = await failureOf(deployedModelLifecycle.delete(model.id, model.state));
    const [what = "", cause, fix] = failure.message.split("\n");
    expect(what.replace(/pipeline answered.*pipeline\/get\]/, "… pipeline/get]")).toBe(
      `DeployedModel "m": delete failed: Whether a pipeline or an agent still names the model ${model.id} cannot be told: GET /_${
        what.includes("/_search/") ? "search" : "ingest"
      }/… pipeline/get] and User [name=blind, backend_roles=[], requestedTenant=null]`,
    );
    expect([cause, fix]).toEqual([
      "  cause: The user of this connection may not read them, so deleting the model could break somebody else's.",
      "  fix: Give the user the right that is named, or set forceDelete: true and run pulumi up before pulumi destroy.",
    ]);
    expect(await world().count("models")).toBe(1);
    await deployedModelLifecycle.delete(model.id, { ...model.state, forceDelete: true });
    expect(await world().count("models")).toBe(0);
  });
});
