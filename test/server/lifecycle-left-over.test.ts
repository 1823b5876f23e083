import { describe, expect, it, vi } from "vitest";
import type { ConnectorState } from "../../providers/connector/inputs";
import type { DeployedModelState } from "../../providers/deployed-model/inputs";
import type { ModelGroupState } from "../../providers/model-group/inputs";
import { created, eachInItsOwnWorld, failureOf, updated, urn } from "./lifecycle-support";

const world = eachInItsOwnWorld();

/** The lifecycles as a provider process of its own loads them, with nothing remembered of the runs before. */
async function newRun() {
  vi.resetModules();
  const [group, connector, model] = await Promise.all([
    import("../../providers/model-group/lifecycle.js"),
    import("../../providers/connector/lifecycle.js"),
    import("../../providers/deployed-model/lifecycle.js"),
  ]);
  return {
    group: group.modelGroupLifecycle,
    connector: connector.connectorLifecycle,
    model: model.deployedModelLifecycle,
  };
}

type Made<S> = { readonly id: string; readonly state: S };

const counts = async () =>
  await Promise.all((["model_groups", "connectors", "models"] as const).map((kind) => world().count(kind)));

/** A run that made group and connector and was killed while it registered the model. */
async function killedInRegister(model: Record<string, unknown> = {}) {
  await world().open();
  const run = await newRun();
  const group: Made<ModelGroupState> = await created(run.group, world().groupInputs("g", { description: "ours" }));
  const connector: Made<ConnectorState> = await created(run.connector, world().connectorInputs("c"));
  const lost: Made<DeployedModelState> = await created(
    run.model,
    world().modelInputs("m", group.id, connector.id, { description: "the user's own", ...model }),
  );
  return { group, connector, lost };
}

describe("after a kill, an edited program", () => {
  it("takes over the group that was left, under its new name and description", async () => {
    const lost = await created((await newRun()).group, world().groupInputs("g", { name: "one", description: "first" }));
    const run = await newRun();
    const group = await created(run.group, world().groupInputs("g", { name: "two", description: "second" }));
    expect(group.id).toBe(lost.id);
    expect(await world().count("model_groups")).toBe(1);
    expect((await run.group.read(group.id, group.state))?.inputs).toMatchObject({ name: "two", description: "second" });
    expect(world().lines).toStrictEqual([
      `ModelGroup g: takes over the group ${lost.id}, which an interrupted run left`,
    ]);
  });

  it.each([
    ["another name", { name: "other" }],
    ["another description", { description: "other" }],
    ["another body", { clientConfig: { readTimeoutSeconds: 77 } }],
    ["another credential key", { credential: { other_key: "k" } }],
  ])("makes its connector with %s, and removes the one that was left", async (_what, edit) => {
    await world().open();
    const lost = await created((await newRun()).connector, world().connectorInputs("c"));
    const connector = await created((await newRun()).connector, world().connectorInputs("c", edit));
    expect(connector.id).not.toBe(lost.id);
    expect(await world().count("connectors")).toBe(1);
    expect(world().lines).toStrictEqual([
      `Connector c: removes the connector ${lost.id}, which an interrupted run left`,
    ]);
  });

  it("keeps a connector that was left and that somebody's agent names", async () => {
    await world().open();
    const lost = await created((await newRun()).connector, world().connectorInputs("c"));
    const tool = { type: "ConnectorTool", name: "t", parameters: { connector_id: lost.id } };
    const agent = await world().api("POST", "/_plugins/_ml/agents/_register", {
      name: "a",
      type: "flow",
      tools: [tool],
    });
    await created((await newRun()).connector, world().connectorInputs("c", { name: "other" }));
    expect(await world().count("connectors")).toBe(2);
    expect(world().lines).toStrictEqual([
      `warning: Connector c: the connector ${lost.id} has its mark too, but is kept: it is used by agent ${agent.agent_id}`,
    ]);
  });

  it("takes over the model that was left, on another connector, under another name and description", async () => {
    const { group, lost } = await killedInRegister();
    const run = await newRun();
    const connector = await created(run.connector, world().connectorInputs("c", { name: "other" }));
    const inputs = world().modelInputs("m", group.id, connector.id, { name: "renamed", description: "edited" });
    const model = await created(run.model, inputs);
    expect(model.id).toBe(lost.id);
    expect((await run.model.read(model.id, model.state))?.inputs).toMatchObject({
      name: "renamed",
      description: "edited",
      connectorId: connector.id,
    });
    expect(await world().count("models")).toBe(1);
  });

  it("makes anew a model that holds what the program dropped and the server cannot remove", async () => {
    const { group, connector, lost } = await killedInRegister({ rateLimiter: { limit: 4, unit: "MINUTES" } });
    const model = await created((await newRun()).model, world().modelInputs("m", group.id, connector.id));
    expect(model.id).not.toBe(lost.id);
    expect(await world().count("models")).toBe(1);
    expect(world().lines).toStrictEqual([
      `DeployedModel m: removes the model ${lost.id}, which an interrupted run left`,
    ]);
  });
});

describe("destroy after a kill in models/_register", () => {
  it("removes the model with its connector, then the group", async () => {
    const { group, connector, lost } = await killedInRegister();
    const run = await newRun();
    await run.connector.delete(connector.id, connector.state);
    await run.group.delete(group.id, group.state);
    expect(await counts()).toStrictEqual([0, 0, 0]);
    expect(world().lines).toStrictEqual([`Connector c: removes the model ${lost.id}, which an interrupted run left`]);
  });

  it("removes the model with its group, then the connector", async () => {
    const { group, connector, lost } = await killedInRegister();
    const run = await newRun();
    await run.group.delete(group.id, group.state);
    await run.connector.delete(connector.id, connector.state);
    expect(await counts()).toStrictEqual([0, 0, 0]);
    expect(world().lines).toStrictEqual([`ModelGroup g: removes the model ${lost.id}, which an interrupted run left`]);
  });

  it("removes everything where both are deleted at once, as the engine does", async () => {
    const { group, connector } = await killedInRegister();
    const run = await newRun();
    await Promise.all([run.connector.delete(connector.id, connector.state), run.group.delete(group.id, group.state)]);
    expect(await counts()).toStrictEqual([0, 0, 0]);
  });

  it("stops where a pipeline names the model, and says what to do", async () => {
    const { connector, lost } = await killedInRegister();
    const processor = { retrieval_augmented_generation: { model_id: lost.id, context_field_list: ["text"] } };
    await world().api("PUT", "/_search/pipeline/theirs", { response_processors: [processor] });
    const run = await newRun();
    const failure = await failureOf(run.connector.delete(connector.id, connector.state));
    expect(failure.message).toBe(
      [
        `Connector "c": delete failed: The model ${lost.id} is still used by search pipeline theirs.`,
        "  cause: Deleting it would break them, and the server itself does not check (safe_delete_model is off by default).",
        `  fix: Remove the model from them first, or delete it by hand: POST /_plugins/_ml/models/${lost.id}/_undeploy, then DELETE /_plugins/_ml/models/${lost.id}.`,
      ].join("\n"),
    );
    expect(await world().count("models")).toBe(1);
  });

  it("leaves a model of another stack on the connector, and names it", async () => {
    const { group, connector } = await killedInRegister();
    vi.stubEnv("PULUMI_BACKEND_URL", "https://pulumi.example.com");
    const theirs = await created((await newRun()).model, world().modelInputs("m", group.id, connector.id));
    vi.unstubAllEnvs();
    const run = await newRun();
    const timeouts = { deleteSeconds: 1 };
    const failure = await failureOf(run.connector.delete(connector.id, { ...connector.state, timeouts }));
    expect(failure.message).toContain(theirs.id);
    expect(await counts()).toStrictEqual([1, 1, 1]);
  });
});

describe("a connector that somebody edited", () => {
  it.each([
    ["which the state names", true],
    ["which an interrupted run left", false],
  ])("%s, is not taken over for the one that the program wants", async (_which, isNamed) => {
    await world().open();
    const old = await created((await newRun()).connector, world().connectorInputs("c"));
    await world().api("PUT", `/_plugins/_ml/connectors/${old.id}`, { description: "theirs", version: "7" });
    const run = await newRun();
    if (isNamed) await run.connector.read(old.id, old.state);
    const made = await created(run.connector, world().connectorInputs("c", { version: 1 }));
    expect(made.id).not.toBe(old.id);
    expect(await world().count("connectors")).toBe(isNamed ? 2 : 1);
  });
});

describe("a replaced connector", () => {
  it("is not freed by deleting models that have not moved yet", async () => {
    const { group, connector } = await killedInRegister();
    const run = await newRun();
    const inputs = world().connectorInputs("c", { name: "other" });
    expect(
      run.connector.diff(connector.id, connector.state, run.connector.check(inputs, {}).inputs).replaces,
    ).toStrictEqual(["name"]);
    await created(run.connector, inputs);
    const timeouts = { deleteSeconds: 1 };
    const failure = await failureOf(run.connector.delete(connector.id, { ...connector.state, timeouts }));
    expect(failure.message).toContain("models are still using this connector");
    expect(await counts()).toStrictEqual([1, 2, 1]);
    expect(group.id).not.toBe("");
  });

  it("that the state still names is not taken for a left-over by the one that takes its place", async () => {
    await world().open();
    const old = await created((await newRun()).connector, world().connectorInputs("c"));
    const run = await newRun();
    const inputs = world().connectorInputs("c", { name: "other" });
    run.connector.diff(old.id, old.state, run.connector.check(inputs, {}).inputs);
    const made = await created(run.connector, inputs);
    expect(await world().count("connectors")).toBe(2);
    await run.connector.delete(old.id, old.state);
    expect(await run.connector.read(made.id, made.state)).toBeDefined();
    expect(await world().count("connectors")).toBe(1);
  });
});

describe("a request of a killed run that arrives late", () => {
  /** Keeps the next look for what was left from seeing it, as if the request that makes it were still on its way. */
  const blind = (kind: string) => {
    const nothing = { hits: { hits: [] } };
    const match = { path: `/_plugins/_ml/${kind}/_search` };
    world().cluster.faults.add({ match, action: { kind: "status", status: 200, body: nothing } });
  };

  it("leaves a second group, which the following refresh names and destroy removes", async () => {
    const kept = await created((await newRun()).group, world().groupInputs("g", { name: "one" }));
    blind("model_groups");
    const late = await created((await newRun()).group, world().groupInputs("g", { name: "two" }));
    const run = await newRun();
    await run.group.read(kept.id, kept.state);
    expect(world().lines).toStrictEqual([warning("ModelGroup g", `the group ${late.id}`)]);
    await run.group.delete(kept.id, kept.state);
    expect(await world().count("model_groups")).toBe(0);
  });

  it("leaves a second connector, which the following refresh names and destroy removes", async () => {
    await world().open();
    const kept = await created((await newRun()).connector, world().connectorInputs("c"));
    blind("connectors");
    blind("connectors");
    const late = await created((await newRun()).connector, world().connectorInputs("c"));
    const run = await newRun();
    await run.connector.read(kept.id, kept.state);
    expect(world().lines).toStrictEqual([warning("Connector c", `the connector ${late.id}`)]);
    await run.connector.delete(kept.id, kept.state);
    expect(await world().count("connectors")).toBe(0);
  });

  it("leaves a second model, which the following refresh names and destroy removes", async () => {
    const { group, connector, lost: kept } = await killedInRegister();
    blind("models");
    const late = await created((await newRun()).model, world().modelInputs("m", group.id, connector.id));
    const run = await newRun();
    await run.model.read(kept.id, kept.state);
    expect(world().lines).toStrictEqual([warning("DeployedModel m", `the model ${late.id}`)]);
    await run.model.delete(kept.id, kept.state);
    expect(await world().count("models")).toBe(0);
  });

  const warning = (title: string, object: string) =>
    `warning: ${title}: ${object} has its mark too: a late request of an interrupted run created it. ` +
    "pulumi destroy removes it together with this resource, ollama-chat doctor --fix right away";
});

describe("the first try of a registration that a client gave up", () => {
  it("and that makes its group beside the second one's leaves one group", async () => {
    const path = "/_plugins/_ml/model_groups/_register";
    const { faults } = world().cluster;
    const inputs = world().groupInputs("g", { name: "n" });
    // The server checks the name by a search, so two requests side by side pass it. Here the second comes under another name.
    const rename = async () => {
      const [first] = await groups();
      await world().api("PUT", `/_plugins/_ml/model_groups/${first}`, { name: "not seen yet" });
    };
    faults.add({ match: { method: "POST", path }, action: { kind: "drop-response" } });
    faults.add({ match: { method: "POST", path }, nth: 2, action: { kind: "before", act: rename } });
    const run = await newRun();
    const group = await created(run.group, inputs);
    expect(await groups()).toStrictEqual([group.id]);
    expect(await run.group.read(group.id, group.state)).toBeDefined();
  });

  const groups = async (): Promise<string[]> => {
    const found = await world().api("POST", "/_plugins/_ml/model_groups/_search", { query: { match_all: {} } });
    return (found.hits as { hits: { _id: string }[] }).hits.map(({ _id }) => _id);
  };
});

describe("the same project and stack name in another backend", () => {
  it("does not get the group, and is told why", async () => {
    const theirs: Made<ModelGroupState> = await created((await newRun()).group, world().groupInputs("g"));
    vi.stubEnv("PULUMI_BACKEND_URL", "https://pulumi.example.com");
    const failure = await failureOf(created((await newRun()).group, world().groupInputs("g")));
    expect(failure.message).toBe(
      [
        `ModelGroup "g": create failed: The group ${theirs.id} has the name "${theirs.state.name}" already, and belongs to a stack of the same project and name.`,
        "  cause: That stack is kept in another Pulumi backend, or on another machine. Its group is not taken over.",
        "  fix: Give this stack another name, or the group a name of its own. If the other stack is gone, set adoptExisting: true.",
      ].join("\n"),
    );
  });

  it("makes a connector and a model of its own, and takes nothing away when it goes", async () => {
    const { connector, lost } = await killedInRegister();
    const unused = await created((await newRun()).connector, world().connectorInputs("lone"));
    vi.stubEnv("PULUMI_BACKEND_URL", "https://pulumi.example.com");
    const run = await newRun();
    const group = await created(run.group, world().groupInputs("g", { name: "twin" }));
    const lone = await created(run.connector, world().connectorInputs("lone"));
    const own = await created(run.connector, world().connectorInputs("c"));
    const model = await created(run.model, world().modelInputs("m", group.id, own.id));
    expect(new Set([lone.id, own.id, model.id, unused.id, connector.id, lost.id]).size).toBe(6);
    const leaving = await newRun();
    await leaving.model.delete(model.id, model.state);
    await leaving.connector.delete(own.id, own.state);
    await leaving.connector.delete(lone.id, lone.state);
    await leaving.group.delete(group.id, group.state);
    expect(await counts()).toStrictEqual([1, 2, 1]);
  });
});

describe("the same project and stack name in another backend, with an index", () => {
  it("makes an index of its own beside the other one's, with the documents of neither in the other", async () => {
    const index = async () => (await import("../../providers/search-index/lifecycle.js")).searchIndexLifecycle;
    const inputs = () => ({ connection: world().connection, owner: urn("SearchIndex", "i") });
    await newRun();
    const theirs = await created(await index(), inputs());
    await world().api("PUT", `/${theirs.id}/_doc/1?refresh=true`, { text: "theirs" });
    vi.stubEnv("PULUMI_BACKEND_URL", "https://pulumi.example.com");
    await newRun();
    const ours = await created(await index(), inputs());
    expect(ours.id).not.toBe(theirs.id);
    expect(await world().api("GET", `/${ours.id}/_count`)).toMatchObject({ count: 0 });
    expect(await world().api("GET", `/${theirs.id}/_count`)).toMatchObject({ count: 1 });
    const named = await failureOf(created(await index(), { ...inputs(), name: theirs.id }));
    expect(named.message).toContain(`The index ${theirs.id} exists already, and this resource did not make it.`);
  });
});

describe("an object that a later create took over", () => {
  it("is not deleted by the state from before", async () => {
    const { group, connector, lost } = await killedInRegister();
    const run = await newRun();
    const group2 = await created(run.group, world().groupInputs("g", { description: "ours" }));
    const model2 = await created(run.model, world().modelInputs("m", group.id, connector.id));
    expect([group2.id, model2.id]).toStrictEqual([group.id, lost.id]);
    world().lines.length = 0;
    const older = await newRun();
    await older.model.delete(lost.id, lost.state);
    await older.group.delete(group.id, group.state);
    expect(await counts()).toStrictEqual([1, 1, 1]);
    expect(world().lines).toStrictEqual([
      `DeployedModel m: ${lost.id} belongs to a newer resource now and is not deleted`,
      `ModelGroup g: ${group.id} belongs to a newer resource now and is not deleted`,
    ]);
    // What took them over still knows them as its own, after a change too.
    const later = await updated(
      (await newRun()).model,
      model2,
      world().modelInputs("m", group.id, connector.id, { description: "changed" }),
    );
    const last = await newRun();
    await last.model.delete(later.id, later.state);
    await last.connector.delete(connector.id, connector.state);
    await last.group.delete(group2.id, group2.state);
    expect(await counts()).toStrictEqual([0, 0, 0]);
  });
});
