import { beforeEach, describe, expect, it } from "vitest";
import { openSearch } from "../../clients/opensearch/connect";
import { installedPlugins } from "../../clients/opensearch/plugins";
import { predict } from "../../clients/opensearch/predict";
import { answerText } from "../../clients/opensearch/predict-answer";
import { Deadline } from "../../clients/wait";
import { clusterSettingLifecycle } from "../../providers/cluster-setting/lifecycle";
import { connectorLifecycle } from "../../providers/connector/lifecycle";
import { deployedModelLifecycle } from "../../providers/deployed-model/lifecycle";
import { modelGroupLifecycle } from "../../providers/model-group/lifecycle";
import { searchIndexLifecycle } from "../../providers/search-index/lifecycle";
import type { Connection } from "../../providers/shared/connection";
import type { Lifecycle } from "../../providers/shared/lifecycle";
import { modelsIn } from "./lifecycle-model-support";
import { created, eachInItsOwnWorld, failureOf, PASSWORD, updated, urn } from "./lifecycle-support";

const world = eachInItsOwnWorld({ kind: "secured" });
const { deployed } = modelsIn(world);

const SECURITY = "/_plugins/_security/api";

/** A user with these rights on the cluster and on indices, and these roles. */
async function user(name: string, cluster: readonly string[], indices: readonly string[], roles: readonly string[]) {
  const permissions = indices.length === 0 ? [] : [{ index_patterns: ["docs*"], allowed_actions: indices }];
  await world().api("PUT", `${SECURITY}/roles/${name}`, {
    cluster_permissions: cluster,
    index_permissions: permissions,
  });
  const body = { password: PASSWORD, backend_roles: [], opendistro_security_roles: [name, ...roles] };
  await world().api("PUT", `${SECURITY}/internalusers/${name}`, body);
  return { ...world().connection, username: name };
}

/** Made, read without a difference and changed; what is left to do is its delete. */
async function lived<I extends object, S extends object>(lifecycle: Lifecycle<I, S>, news: object, changed: object) {
  const made = await created(lifecycle, news);
  expect(await lifecycle.read(made.id, made.state)).toStrictEqual({ state: made.state, inputs: made.inputs });
  const later = await updated(lifecycle, made, { ...news, ...changed });
  expect(await lifecycle.read(made.id, later.state)).toStrictEqual({ state: later.state, inputs: later.inputs });
  return { id: made.id, remove: () => lifecycle.delete(made.id, later.state) };
}

describe("the least rights", () => {
  it("for settings, group, connector and model are ml_full_access, to change cluster settings and to read pipelines", async () => {
    const pipelines = ["cluster:admin/ingest/pipeline/get", "cluster:admin/search/pipeline/get"];
    const connection = await user("deployer", ["cluster:admin/settings/update", ...pipelines], [], ["ml_full_access"]);
    const regex = "plugins.ml_commons.trusted_connector_endpoints_regex";
    const flag = "plugins.ml_commons.connector.private_ip_enabled";
    const settings = { [regex]: ["^http://127\\.0\\.0\\.1:.*$"], [flag]: true };
    const owned = { connection, mode: "contribute", owner: urn("ClusterSetting", "s") };
    const setting = await lived(
      clusterSettingLifecycle,
      { ...owned, settings },
      { whenKnown: { [`${regex}s`]: ["x"] } },
    );
    const group = await lived(modelGroupLifecycle, world().groupInputs("g", { connection }), { description: "second" });
    const connector = await lived(connectorLifecycle, world().connectorInputs("c", { connection }), {
      timeouts: { deleteSeconds: 60 },
    });
    const model = await lived(
      deployedModelLifecycle,
      world().modelInputs("m", group.id, connector.id, { connection }),
      { description: "second", settingsRevision: "2" },
    );
    for (const one of [model, connector, group, setting]) await one.remove();
    expect(await world().count("models")).toBe(0);
    expect(await world().persistent()).toStrictEqual({});
    expect(await world().claimants()).toStrictEqual([]);
  });

  it("where pipelines may not be read, no model is deleted that one may name: the missing right is told, and the way on", async () => {
    const { groupId, connectorId } = await modelsIn(world).groupAndConnector();
    const connection = await user("blind", ["cluster:admin/settings/update"], [], ["ml_full_access"]);
    const model = await created(deployedModelLifecycle, world().modelInputs("m", groupId, connectorId, { connection }));
    const processor = { retrieval_augmented_generation: { model_id: model.id, context_field_list: ["text"] } };
    await world().api("PUT", "/_search/pipeline/theirs", { response_processors: [processor] });
    const failure = await failureOf(deployedModelLifecycle.delete(model.id, model.state));
    const [what = "", cause, fix] = failure.message.split("\n");
    expect(what.replace(/pipeline answered.*pipeline\/get\]/, "… pipeline/get]")).toBe(
      `DeployedModel "m": delete failed: Cannot tell whether a pipeline or an agent still uses the model ${model.id}: GET /_${
        what.includes("/_search/") ? "search" : "ingest"
      }/… pipeline/get] and User [name=blind, backend_roles=[], requestedTenant=null]`,
    );
    expect([cause, fix]).toEqual([
      "  cause: The user of this connection may not read them, so deleting the model could break one of them.",
      "  fix: Grant the user the missing permission, or set forceDelete: true and run pulumi up before pulumi destroy.",
    ]);
    expect(await world().count("models")).toBe(1);
    await deployedModelLifecycle.delete(model.id, { ...model.state, forceDelete: true });
    expect(await world().count("models")).toBe(0);
  });

  it("for an index are those on it", async () => {
    const rights = ["indices:admin/get", "indices:admin/create", "indices:admin/delete", "indices:admin/mapping/put"];
    const more = ["indices:admin/settings/update", "indices:admin/refresh*", "read"];
    const connection = await user("writer", ["cluster:monitor/main"], [...rights, ...more], []);
    const properties = { text: { type: "text" } };
    const owned = { connection, name: "docs-1", owner: urn("SearchIndex", "i"), mappings: { properties } };
    const changed = {
      mappings: { properties: { ...properties, page: { type: "integer" } } },
      settings: { refresh_interval: "5s" },
    };
    const index = await lived(searchIndexLifecycle, owned, changed);
    await index.remove();
    expect(await world().api("GET", "/docs-1")).toMatchObject({ status: 404 });
  });
});

describe("a user who may only ask", () => {
  let asker: Connection;
  beforeEach(async () => {
    asker = await user("asker", ["cluster:admin/opensearch/ml/predict"], [], []);
  });

  it("gets an answer, though the model was undeployed meanwhile", async () => {
    const { id } = await deployed();
    const asked = async () => answerText(await predict(openSearch(asker), id, { prompt: "x" }, Deadline.after(60_000)));
    expect(await asked()).toBe("ready");
    await world().api("POST", `/_plugins/_ml/models/${id}/_undeploy`);
    expect(await asked()).toBe("ready");
  });

  it("changes nothing, and is told what is lacking", async () => {
    const failure = await failureOf(created(modelGroupLifecycle, world().groupInputs("g", { connection: asker })));
    expect(failure.message).toBe(
      [
        'ModelGroup "g": create failed: GET / answered 403 security_exception: no permissions for [cluster:monitor/main] and User [name=asker, backend_roles=[], requestedTenant=null]',
        "  cause: The user lacks the permission for ML Commons or for cluster monitoring that the server names.",
        "  fix: Give the user the role ml_full_access or, only to ask models, a role with cluster:admin/opensearch/ml/predict.",
      ].join("\n"),
    );
    expect(await world().count("model_groups")).toBe(0);
  });

  it("may not ask for the plugins either: they are none, so that nothing is made that needs one", async () => {
    expect([...(await installedPlugins(openSearch(asker)))]).toStrictEqual([]);
    expect(await installedPlugins(openSearch(world().connection))).toContain("opensearch-knn");
  });
});

describe("where access to models is controlled", () => {
  beforeEach(async () => {
    const persistent = { "plugins.ml_commons.model_access_control_enabled": true };
    await world().api("PUT", "/_cluster/settings", { persistent });
  });

  it.each([
    ["a public group", { accessMode: "public" }, true],
    ["a restricted group, with its backend role", { accessMode: "restricted", backendRoles: ["team"] }, true],
    ["a restricted group, without", { accessMode: "restricted", backendRoles: ["others"] }, false],
    ["a group without an access mode, which is private", {}, false],
  ])("who may only ask: %s", async (_which, access, isAnswered) => {
    await world().open();
    const password = { password: PASSWORD, backend_roles: ["team"], opendistro_security_roles: ["asker"] };
    await user("asker", ["cluster:admin/opensearch/ml/predict"], [], []);
    await world().api("PUT", `${SECURITY}/internalusers/asker`, password);
    const group = await created(modelGroupLifecycle, world().groupInputs("g", access));
    const connector = await created(connectorLifecycle, world().connectorInputs("c"));
    const { id } = await created(deployedModelLifecycle, world().modelInputs("m", group.id, connector.id));
    const server = openSearch({ ...world().connection, username: "asker" });
    const asked = predict(server, id, { prompt: "x" }, Deadline.after(60_000));
    if (isAnswered) return expect(answerText(await asked)).toBe("ready");
    expect((await failureOf(asked)).message).toContain("User doesn't have privilege to perform this operation");
  });

  it("a group's access mode and roles are read without a difference and change in place", async () => {
    const restricted = { accessMode: "restricted", backendRoles: ["admin"] };
    const group = await lived(modelGroupLifecycle, world().groupInputs("g", { accessMode: "private" }), restricted);
    expect(await world().api("GET", `/_plugins/_ml/model_groups/${group.id}`)).toMatchObject({
      access: "restricted",
      backend_roles: ["admin"],
    });
    await group.remove();
  });

  it("a private group of somebody else is an error, and not taken for gone", async () => {
    const { id, state } = await created(modelGroupLifecycle, world().groupInputs("g", { accessMode: "private" }));
    const connection = await user("stranger", [], [], ["ml_full_access"]);
    const failure = await failureOf(modelGroupLifecycle.read(id, { ...state, connection }));
    expect(failure.message).toBe(
      [
        `ModelGroup "g": read failed: GET /_plugins/_ml/model_groups/${id} answered 403 status_exception: User doesn't have privilege to perform this operation on this model group`,
        "  cause: This cluster controls access to models or connectors, and this group, model or connector is private to another user, or restricted to backend roles that this user does not have. The role ml_full_access does not change that.",
        "  fix: Use the owner or an administrator, or let them change accessMode or backendRoles of the model's group, or access_mode of the connector.",
      ].join("\n"),
    );
  });
});
