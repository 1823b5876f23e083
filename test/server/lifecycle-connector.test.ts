import { describe, expect, it } from "vitest";
import { connectorLifecycle as lifecycle } from "../../providers/connector/lifecycle";
import { openAiChat } from "../../providers/connector/presets";
import { trustedEndpointRegex } from "../../providers/connector/trust";
import { deployedModelLifecycle } from "../../providers/deployed-model/lifecycle";
import { modelGroupLifecycle } from "../../providers/model-group/lifecycle";
import { created, eachInItsOwnWorld, failureOf, updated, urn } from "./lifecycle-support";

const world = eachInItsOwnWorld();

const seen = (id: string) => world().api("GET", `/_plugins/_ml/connectors/${id}`);

/** A deployed model on a connector. */
async function modelOn(connectorId: string) {
  const group = await created(modelGroupLifecycle, world().groupInputs("g"));
  return await created(deployedModelLifecycle, world().modelInputs("m", group.id, connectorId));
}

describe("a connector", () => {
  it("lives: created, read without a difference, deleted", async () => {
    await world().open();
    const connector = await created(lifecycle, world().connectorInputs("c"));
    expect(await seen(connector.id)).toMatchObject({
      name: connector.inputs.name,
      protocol: "http",
      version: "1",
      client_config: { read_timeout: 300 },
    });
    expect(await lifecycle.read(connector.id, connector.state)).toStrictEqual({
      state: connector.state,
      inputs: connector.inputs,
    });
    await lifecycle.delete(connector.id, connector.state);
    expect(await world().count("connectors")).toBe(0);
    expect(await lifecycle.read(connector.id, connector.state)).toBeUndefined();
    await lifecycle.delete(connector.id, connector.state);
  });

  it("every preset is read without a difference", async () => {
    await world().open();
    const endpoint = world().model.endpoint;
    const preset = openAiChat({ endpoint, model: "m", apiKey: "k-12345", maxTokens: 5, temperature: 0.5 });
    const connector = await created(lifecycle, world().connectorInputs("c", { ...preset, version: 3 }));
    const read = await lifecycle.read(connector.id, connector.state);
    expect(read?.inputs).toStrictEqual(connector.inputs);
  });

  it("parameters that are no texts are read as the program wrote them", async () => {
    await world().open();
    const nested = { x: 1, html: "<a href='x'>=&</a>" };
    const parameters = { model: "m", options: "{}", temperature: 0.7, stop: ["a"], nested, on: true, none: null };
    const connector = await created(lifecycle, world().connectorInputs("c", { parameters }));
    expect((await lifecycle.read(connector.id, connector.state))?.inputs.parameters).toStrictEqual(parameters);
  });

  it("waits for a new cluster to make the key for credentials, longer than it would retry", async () => {
    await world().open();
    const reason =
      "The ML encryption master key has not been initialized yet. Please retry after waiting for 10 seconds.";
    world().cluster.faults.add({
      match: { method: "POST", path: "/_plugins/_ml/connectors/_create" },
      times: 4,
      action: { kind: "status", status: 500, body: { error: { type: "m_l_exception", reason }, status: 500 } },
    });
    await created(lifecycle, world().connectorInputs("c"));
    expect(await world().count("connectors")).toBe(1);
  });

  it("the mark of its owner is on the server and never in what is read", async () => {
    await world().open();
    const connector = await created(lifecycle, world().connectorInputs("c"));
    const { parameters } = (await seen(connector.id)) as { parameters: Record<string, string> };
    expect(parameters.pulumi_owner).toMatch(/^urn:pulumi:dev::chat::.*::c#[0-9a-f]{8} [0-9a-f]{16} [0-9a-f]{12}$/);
    expect((await lifecycle.read(connector.id, connector.state))?.inputs.parameters).not.toHaveProperty("pulumi_owner");
  });

  it("shows what somebody changed by hand", async () => {
    await world().open();
    const connector = await created(lifecycle, world().connectorInputs("c", { description: "ours" }));
    await world().api("PUT", `/_plugins/_ml/connectors/${connector.id}`, {
      parameters: { model: "other", extra: "x" },
      description: "theirs",
    });
    const read = await lifecycle.read(connector.id, connector.state);
    expect(read?.inputs).toMatchObject({
      description: "theirs",
      parameters: { model: "other", options: "{}", extra: "x" },
    });
    const state = read?.state ?? expect.unreachable();
    expect(lifecycle.diff(connector.id, state, connector.inputs)).toStrictEqual({
      changes: true,
      replaces: ["description", "parameters"],
    });
  });

  it("leaves a description alone that the program does not give", async () => {
    await world().open();
    const connector = await created(lifecycle, world().connectorInputs("c"));
    await world().api("PUT", `/_plugins/_ml/connectors/${connector.id}`, { description: "theirs" });
    const { state } = (await lifecycle.read(connector.id, connector.state)) ?? expect.unreachable();
    expect(lifecycle.diff(connector.id, state, connector.inputs)).toStrictEqual({ changes: false, replaces: [] });
  });

  it("any change of what it is replaces it; how it is reached does not", async () => {
    await world().open();
    const connector = await created(lifecycle, world().connectorInputs("c"));
    const { state, id } = connector;
    const diff = (more: object) =>
      lifecycle.diff(id, state, lifecycle.check(world().connectorInputs("c", { ...more }), connector.inputs).inputs);
    expect(diff({ parameters: { model: "n", options: "{}" } })).toStrictEqual({
      changes: true,
      replaces: ["parameters"],
    });
    expect(diff({ credential: { a: "b" } })).toStrictEqual({ changes: true, replaces: ["credential"] });
    expect(diff({ timeouts: { deleteSeconds: 5 } })).toStrictEqual({ changes: true, replaces: [] });
    const connection = { ...world().connection, requestTimeoutSeconds: 9 };
    const later = await updated(lifecycle, connector, world().connectorInputs("c", { connection }));
    expect(later.replaces).toStrictEqual([]);
    expect(later.state).toStrictEqual({ ...connector.state, connection });
  });

  it("an untrusted URL is refused with the way out", async () => {
    const failure = await failureOf(created(lifecycle, world().connectorInputs("c")));
    expect(failure.message).toBe(
      [
        'Connector "c": create failed: POST /_plugins/_ml/connectors/_create answered 400 illegal_argument_exception: Connector URL is not matching the trusted connector endpoint regex',
        "  cause: The connector's URL matches no entry of the cluster's plugins.ml_commons.trusted_connector_endpoints_regex. An entry must match the whole URL, as a Java regex (#1555).",
        "  fix: Add the URL with trustedEndpointRegex(url) in a ClusterSetting of mode contribute, and let the Connector depend on it.",
      ].join("\n"),
    );
  });
});

describe("placeholders of a URL", () => {
  const trust = async (regex: string) => {
    const key = "plugins.ml_commons.trusted_connector_endpoints_regex";
    await world().api("PUT", "/_cluster/settings", { persistent: { [key]: [regex] } });
    return regex;
  };

  it.each([
    ["a default", "${parameters.task:-chat}", {}, "chat"],
    ["a value before its default", "${parameters.task:-chat}", { task: "embed" }, "embed"],
    ["a value that leads to a default", "${parameters.task}", { task: "${parameters.kind:-chat}" }, "chat"],
    ["a default with another in it", "${parameters.a:-b}/${parameters.c:-d:-e}", {}, "b/d:-e"],
  ])("%s is trusted by check exactly where it is trusted by the server", async (_what, rest, more, filled) => {
    await world().open();
    const { endpoint } = world().model;
    const action = { actionType: "predict", method: "POST", url: `${endpoint}/v1/${rest}`, requestBody: "{}" };
    const parameters = { model: "m", ...more };
    for (const [path, isTrusted] of [
      [filled, true],
      [`${filled}x`, false],
    ] as const) {
      const trustedEndpoints = [await trust(trustedEndpointRegex(`${endpoint}/v1/${path}`))];
      const inputs = world().connectorInputs("c", { actions: [action], parameters });
      const { failures } = lifecycle.check({ ...inputs, trustedEndpoints }, {});
      expect(failures.map(({ reason }) => reason)).toStrictEqual(
        isTrusted
          ? []
          : [
              `actions.0.url ${endpoint}/v1/${filled} matches none of trustedEndpoints; add ${trustedEndpointRegex(`${endpoint}/v1/${filled}`)}.`,
            ],
      );
      const made = created(lifecycle, inputs);
      if (isTrusted) await lifecycle.delete((await made).id, (await made).state);
      else expect((await failureOf(made)).message).toContain("Connector URL is not matching the trusted connector");
    }
  });
});

describe("a connector that an interrupted run left", () => {
  it("is taken over by the same resource, which renews its credential", async () => {
    await world().open();
    const lost = await created(lifecycle, world().connectorInputs("c"));
    const again = await created(lifecycle, world().connectorInputs("c"));
    expect(again.id).toBe(lost.id);
    expect(await world().count("connectors")).toBe(1);
    expect(world().lines).toStrictEqual([`Connector c: takes over ${lost.id}, which an interrupted run left`]);
  });

  it("is left alone where its body is another", async () => {
    await world().open();
    await created(lifecycle, world().connectorInputs("c"));
    await created(lifecycle, world().connectorInputs("c", { parameters: { model: "n", options: "{}" } }));
    expect(await world().count("connectors")).toBe(2);
  });

  it("is left alone where its credential has another key, which the server would keep", async () => {
    await world().open();
    await created(lifecycle, world().connectorInputs("c", { credential: { key: "First-Key-1" } }));
    await created(lifecycle, world().connectorInputs("c"));
    expect(await world().count("connectors")).toBe(2);
  });

  it("is left alone where its owner is another", async () => {
    await world().open();
    const name = "same name";
    await created(lifecycle, world().connectorInputs("one", { name, description: "d" }));
    await created(lifecycle, world().connectorInputs("two", { name, description: "d" }));
    expect(await world().count("connectors")).toBe(2);
  });

  it("is never taken while a model uses it: during a replacement the live one has the same owner", async () => {
    await world().open();
    const live = await created(lifecycle, world().connectorInputs("c"));
    await modelOn(live.id);
    const again = await created(lifecycle, world().connectorInputs("c"));
    expect(again.id).not.toBe(live.id);
    expect(await world().count("connectors")).toBe(2);
  });

  it("once taken over, is not deleted with the resource that had it before", async () => {
    await world().open();
    const before = await created(lifecycle, world().connectorInputs("c", { credential: { key: "First-Key-1" } }));
    const after = await created(lifecycle, world().connectorInputs("c", { credential: { key: "rotated" } }));
    expect(after.id).toBe(before.id);
    await lifecycle.delete(before.id, before.state);
    expect(await world().count("connectors")).toBe(1);
    await lifecycle.delete(after.id, after.state);
    expect(await world().count("connectors")).toBe(0);
  });

  it("is found though the answer to its creation was lost", async () => {
    await world().open();
    world().cluster.faults.add({
      match: { method: "POST", path: "/_plugins/_ml/connectors/_create" },
      action: { kind: "drop-response" },
    });
    const connector = await created(lifecycle, world().connectorInputs("c"));
    expect(await world().count("connectors")).toBe(1);
    expect(await lifecycle.read(connector.id, connector.state)).toBeDefined();
  });
});

describe("deleting a connector", () => {
  it("waits for a model that moves away meanwhile", async () => {
    await world().open();
    const old = await created(lifecycle, world().connectorInputs("c"));
    const next = await created(lifecycle, world().connectorInputs("d"));
    const model = await modelOn(old.id);
    const deleting = lifecycle.delete(old.id, old.state);
    await updated(deployedModelLifecycle, model, { ...model.inputs, connectorId: next.id });
    await deleting;
    expect(await world().count("connectors")).toBe(1);
  });

  it("says which models still use it", async () => {
    await world().open();
    const connector = await created(lifecycle, world().connectorInputs("c", { timeouts: { deleteSeconds: 0.2 } }));
    const model = await modelOn(connector.id);
    const failure = await failureOf(lifecycle.delete(connector.id, connector.state));
    expect(failure.message).toContain(
      `1 models are still using this connector, please delete or update the models first: [${model.id}]`,
    );
    expect(failure.message).toContain(
      "\n  fix: Delete those models or move them to another connector, then run again.",
    );
    expect(await world().count("connectors")).toBe(1);
  });

  it("says so where the models that the server names use another", async () => {
    await world().open();
    const connector = await created(lifecycle, world().connectorInputs("c", { timeouts: { deleteSeconds: 0.5 } }));
    const group = await created(modelGroupLifecycle, world().groupInputs("g"));
    // Ids as the server makes them where it was started at an unlucky moment: they share a word between two dashes.
    const { _source: document } = await world().api("GET", `/.plugins-ml-connector/_doc/${connector.id}`);
    for (const id of ["ours-BaIBhu2-x1", "other-BaIBhu2-x2"]) {
      await world().api("PUT", `/.plugins-ml-connector/_doc/${id}?refresh=true`, document);
    }
    const inputs = world().modelInputs("m", group.id, "other-BaIBhu2-x2", { deployed: false });
    const model = await created(deployedModelLifecycle, inputs);
    await lifecycle.delete("ours-BaIBhu2-x1", connector.state);
    expect(world().lines).toStrictEqual([
      'warning: Connector c: ours-BaIBhu2-x1 stays on the server, which believes that it is in use: the server compares ids word by word, split at every "-", and none of the models that it names uses this one. Delete it when those models are gone: DELETE /_plugins/_ml/connectors/ours-BaIBhu2-x1',
    ]);
    await deployedModelLifecycle.delete(model.id, model.state);
    await lifecycle.delete("ours-BaIBhu2-x1", connector.state);
  });

  it("two connectors of one stack do not meet", async () => {
    await world().open();
    const both = await Promise.all(["a", "b"].map((name) => created(lifecycle, world().connectorInputs(name))));
    expect(new Set(both.map(({ id }) => id)).size).toBe(2);
    expect(both[0]?.inputs.owner).toBe(urn("Connector", "a"));
  });
});

describe("on a version that knows names of actions", () => {
  it("they are kept, and read without a difference", async () => {
    await world().open();
    const inputs = world().connectorInputs("c");
    const actions = inputs.actions.map((action) => ({ ...action, name: "ask" }));
    const connector = await created(lifecycle, { ...inputs, actions });
    expect((await lifecycle.read(connector.id, connector.state))?.inputs.actions).toStrictEqual(actions);
  });

  it("an older one drops them without a word, so there they are refused", async () => {
    await world().open();
    world().showVersion("3.4.0");
    const inputs = world().connectorInputs("c");
    const actions = inputs.actions.map((action) => ({ ...action, name: "ask" }));
    const failure = await failureOf(created(lifecycle, { ...inputs, actions }));
    expect(failure.message).toBe(
      [
        'Connector "c": create failed: actions.0.name needs OpenSearch 3.5 or later; this cluster is 3.4.0.',
        "  cause: Older servers silently drop it, so it would never take effect.",
        "  fix: Leave actions.0.name out, or upgrade the cluster.",
      ].join("\n"),
    );
    expect(await world().count("connectors")).toBe(0);
  });
});
