import { describe, expect, it } from "vitest";
import { clusterSettingLifecycle } from "../../providers/cluster-setting/lifecycle";
import { connectorLifecycle } from "../../providers/connector/lifecycle";
import { deployedModelLifecycle } from "../../providers/deployed-model/lifecycle";
import { modelGroupLifecycle } from "../../providers/model-group/lifecycle";
import { created, eachInItsOwnWorld, failureOf, urn } from "./lifecycle-support";

const world = eachInItsOwnWorld();

/** A connector as somebody made it by hand, without any mark of ours. */
async function connectorByHand(): Promise<string> {
  const answer = await world().api("POST", "/_plugins/_ml/connectors/_create", {
    name: "by hand",
    description: "made by hand",
    version: 1,
    protocol: "http",
    parameters: { model: "m" },
    credential: { none: "none" },
    actions: [
      {
        action_type: "predict",
        method: "POST",
        url: `${world().model.endpoint}/api/generate`,
        headers: { "Content-Type": "application/json" },
        request_body: '{ "model": "${parameters.model}", "prompt": "${parameters.prompt}", "stream": false }',
      },
    ],
  });
  return String(answer.connector_id);
}

function sameConnector(more: Record<string, unknown> = {}) {
  const url = `${world().model.endpoint}/api/generate`;
  const requestBody = '{ "model": "${parameters.model}", "prompt": "${parameters.prompt}", "stream": false }';
  return {
    connection: world().connection,
    owner: urn("Connector", "adopted"),
    name: "by hand",
    description: "made by hand",
    parameters: { model: "m" },
    actions: [
      { actionType: "predict", method: "POST", url, headers: { "Content-Type": "application/json" }, requestBody },
    ],
    ...more,
  };
}

describe("taking over by id", () => {
  it("a connector is taken over without a write, and shows no difference afterwards", async () => {
    await world().open();
    const id = await connectorByHand();
    const before = await world().api("GET", `/_plugins/_ml/connectors/${id}`);
    const adopted = await created(connectorLifecycle, sameConnector({ adoptId: id }));
    expect(adopted.id).toBe(id);
    expect(await world().api("GET", `/_plugins/_ml/connectors/${id}`)).toStrictEqual(before);
    const { inputs } = connectorLifecycle.check(sameConnector(), adopted.inputs);
    expect(connectorLifecycle.diff(id, adopted.state, inputs)).toMatchObject({ changes: false });
    await connectorLifecycle.delete(id, adopted.state);
    expect(await world().count("connectors")).toBe(0);
  });

  it("a connector that differs is taken over as it is, and the next diff replaces it", async () => {
    await world().open();
    const id = await connectorByHand();
    const adopted = await created(connectorLifecycle, sameConnector({ adoptId: id, parameters: { model: "other" } }));
    expect(adopted.state.parameters).toStrictEqual({ model: "m" });
    expect(connectorLifecycle.diff(id, adopted.state, adopted.inputs)).toStrictEqual({
      changes: true,
      replaces: ["parameters"],
    });
  });

  it("a model is taken over without a write, keeps its id, and is deployed by the next update", async () => {
    await world().open();
    const group = await created(modelGroupLifecycle, world().groupInputs("g"));
    const connector = await created(connectorLifecycle, world().connectorInputs("c"));
    const made = await world().api("POST", "/_plugins/_ml/models/_register", {
      name: "by hand",
      description: "made by hand",
      function_name: "remote",
      model_group_id: group.id,
      connector_id: connector.id,
    });
    const id = String(made.model_id);
    const before = await world().api("GET", `/_plugins/_ml/models/${id}`);
    const more = { name: "by hand", description: "made by hand", adoptId: id };
    const adopted = await created(deployedModelLifecycle, world().modelInputs("m", group.id, connector.id, more));
    expect(adopted.id).toBe(id);
    expect(await world().api("GET", `/_plugins/_ml/models/${id}`)).toStrictEqual(before);
    expect(adopted.state).toMatchObject({ deployed: false, modelState: "REGISTERED", connectorId: connector.id });
    expect(deployedModelLifecycle.diff(id, adopted.state, adopted.inputs)).toStrictEqual({ changes: true });
    const after = await deployedModelLifecycle.update(id, adopted.state, adopted.inputs);
    expect(after).toMatchObject({ deployed: true, modelState: "DEPLOYED" });
    expect(deployedModelLifecycle.diff(id, after, adopted.inputs)).toStrictEqual({ changes: false });
  });

  it("an id that the cluster does not know is an error that says so", async () => {
    await world().open();
    const failure = await failureOf(created(connectorLifecycle, sameConnector({ adoptId: "nope" })));
    expect(failure.message).toBe(
      [
        `Connector "adopted": create failed: There is no connector nope on ${world().cluster.url}.`,
        "  cause: adoptId names an object that was deleted, or that is on another cluster.",
        "  fix: Correct adoptId, or leave it out to create a new one.",
      ].join("\n"),
    );
  });
});

describe("what only newer servers understand", () => {
  it("is refused before anything is written, with the version that is needed", async () => {
    await world().open();
    world().showVersion("3.4.0");
    const news = world().connectorInputs("c", { clientConfig: { skipSslVerification: true } });
    const failure = await failureOf(created(connectorLifecycle, news));
    expect(failure.message).toBe(
      [
        'Connector "c": create failed: clientConfig.skipSslVerification needs OpenSearch 3.5 or later; this cluster is 3.4.0.',
        "  cause: Older servers silently drop it, so it would never take effect.",
        "  fix: Leave clientConfig.skipSslVerification out, or upgrade the cluster.",
      ].join("\n"),
    );
    expect(await world().count("connectors")).toBe(0);
  });

  it("is kept by one that does, and read without a difference", async () => {
    await world().open();
    const clientConfig = { skipSslVerification: true };
    const connector = await created(connectorLifecycle, world().connectorInputs("c", { clientConfig }));
    expect(await world().api("GET", `/_plugins/_ml/connectors/${connector.id}`)).toMatchObject({
      client_config: { skip_ssl_verification: true },
    });
    expect(await connectorLifecycle.read(connector.id, connector.state)).toStrictEqual({
      state: connector.state,
      inputs: connector.inputs,
    });
  });
});

describe("a URL that the trusted endpoints do not cover", () => {
  it("is found by check, with the entry that would cover it", () => {
    const url = `${world().model.endpoint}/api/generate`;
    const { failures } = connectorLifecycle.check(sameConnector({ trustedEndpoints: ["^https://.*$"] }), {});
    expect(failures).toStrictEqual([
      {
        property: "actions",
        reason: `actions.0.url ${url} matches none of trustedEndpoints; add ^${url.replaceAll(".", "\\.")}$.`,
      },
    ]);
    expect(connectorLifecycle.check(sameConnector({ trustedEndpoints: ["http://.*"] }), {}).failures).toStrictEqual([]);
  });
});

describe("two resources of one update on one key", () => {
  const KEY = "plugins.ml_commons.max_deploy_model_tasks_per_node";
  const setting = (name: string, settings: object, mode?: string) => ({
    connection: world().connection,
    owner: urn("ClusterSetting", name),
    settings,
    ...(mode ? { mode } : {}),
  });

  it("are refused, naming both", async () => {
    await created(clusterSettingLifecycle, setting("first", { [KEY]: 5 }));
    const failure = await failureOf(created(clusterSettingLifecycle, setting("second", { [KEY]: 6 })));
    expect(failure.message).toBe(
      [
        `ClusterSetting "second": create failed: ${KEY} is set by ClusterSetting "first", too.`,
        "  cause: Two resources that own one key undo each other's value at every update.",
        "  fix: Set it in one of them, or, for a list, use mode contribute in both (second and first).",
      ].join("\n"),
    );
    expect(await world().persistent()).toStrictEqual({ [KEY]: "5" });
  });

  it("may contribute the same value, and the key is free again after a delete", async () => {
    const first = await created(clusterSettingLifecycle, setting("first", { [KEY]: 5 }, "contribute"));
    await created(clusterSettingLifecycle, setting("second", { [KEY]: 5 }, "contribute"));
    await clusterSettingLifecycle.delete(first.id, first.state);
  });
});
