import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FakeOllama } from "../unit/clients/ollama-fake";
import type { Run } from "./support/project";
import { type Json, operations, ResourceWorld, type Spec } from "./support/resource-world";
import { hasEngine } from "./support/toolchain";

const ML = "plugins.ml_commons.";

describe.skipIf(!hasEngine)("what somebody changed behind Pulumi's back", () => {
  let world: ResourceWorld;
  let ollama: FakeOllama;
  let refreshed: Run;
  let preview: Run;
  let repaired: Run;
  let idsBefore: Map<string, string>;

  beforeAll(async () => {
    [world, ollama] = await Promise.all([ResourceWorld.start("drift"), new FakeOllama().start()]);
    ollama.add("base:1");
    const made = await world.up(program());
    expect(made.code, made.output).toBe(0);
    idsBefore = world.ids();
    await meddle();
    refreshed = await world.project.refresh();
    preview = await world.project.preview();
  });

  afterAll(async () => {
    await ollama?.stop();
    await world?.stop();
  });

  function program(): Spec[] {
    const connection = world.connection();
    const wired = { connection, modelGroupId: { ref: "group" }, connectorId: { ref: "used" } };
    return [
      { type: "ClusterSetting", name: "setting", args: { connection, settings: { [`${ML}max_model_on_node`]: 11 } } },
      {
        type: "ClusterSetting",
        name: "entries",
        args: { connection, mode: "contribute", settings: { [`${ML}remote_job.status_field`]: ["ours"] } },
      },
      { type: "ModelGroup", name: "group", args: { connection, name: "group", description: "ours" } },
      { type: "ModelGroup", name: "other-group", args: { connection } },
      { type: "Connector", name: "used", args: world.connector() },
      { type: "Connector", name: "other", args: world.connector() },
      { type: "Connector", name: "edited", args: world.connector({ description: "ours" }) },
      {
        type: "DeployedModel",
        name: "model",
        args: {
          ...wired,
          name: "model",
          description: "ours",
          isEnabled: true,
          rateLimiter: { limit: 1000, unit: "MINUTES" },
          guardrails: { type: "local_regex", input_guardrail: { regex: ["^never$"] } },
          interface: { input: { type: "object" } },
          deploySetting: { model_ttl_minutes: 60 },
        },
      },
      { type: "DeployedModel", name: "undeployed", args: wired },
      {
        type: "OllamaModel",
        name: "derived",
        args: {
          endpoint: ollama.endpoint,
          model: "derived:1",
          from: "base:1",
          system: "Be brief.",
          retainOnDelete: false,
        },
      },
      {
        type: "ClusterSetting",
        name: "gone-setting",
        args: { connection, settings: { [`${ML}stream_enabled`]: true } },
      },
      { type: "ModelGroup", name: "gone-group", args: { connection } },
      { type: "Connector", name: "gone-connector", args: world.connector() },
      {
        type: "DeployedModel",
        name: "gone-model",
        args: { connection, modelGroupId: { ref: "gone-group" }, connectorId: { ref: "gone-connector" } },
      },
      {
        type: "OllamaModel",
        name: "gone-derived",
        args: {
          endpoint: ollama.endpoint,
          model: "gone:1",
          from: "base:1",
          system: "Be brief.",
          retainOnDelete: false,
        },
      },
    ];
  }

  /** Everything at once, by the API. */
  async function meddle(): Promise<void> {
    const put = async (kind: "ModelGroup" | "Connector" | "DeployedModel", name: string, body: Json) =>
      await world.done("PUT", world.path(kind, world.id(name)), body);
    await world.set({
      [`${ML}max_model_on_node`]: 99,
      [`${ML}remote_job.status_field`]: ["theirs"],
      [`${ML}stream_enabled`]: null,
    });
    await put("ModelGroup", "group", { name: "theirs", description: "theirs" });
    await put("Connector", "edited", {
      name: "theirs",
      description: "theirs",
      version: "9",
      parameters: { model: "theirs" },
      client_config: { read_timeout: 9 },
    });
    await put("DeployedModel", "model", {
      name: "theirs",
      description: "theirs",
      is_enabled: false,
      rate_limiter: { limit: "9", unit: "DAYS" },
      guardrails: { type: "local_regex", input_guardrail: { regex: ["^theirs$"] } },
      interface: { input: '{"type":"object","title":"theirs"}' },
      deploy_setting: { model_ttl_minutes: 9 },
      model_group_id: world.id("other-group"),
      connector_id: world.id("other"),
    });
    await world.done("POST", `${world.path("DeployedModel", world.id("undeployed"))}/_undeploy`);
    ollama.add("derived:1", { digest: "f".repeat(64), from: "base:1", system: "Be theirs." });

    const gone = world.path("DeployedModel", world.id("gone-model"));
    await world.done("POST", `${gone}/_undeploy`);
    await world.done("DELETE", gone);
    await world.done("DELETE", world.path("Connector", world.id("gone-connector")));
    await world.done("DELETE", world.path("ModelGroup", world.id("gone-group")));
    ollama.models.delete("gone:1");
  }

  it("refresh puts it into the state", () => {
    expect(refreshed.code, refreshed.output).toBe(0);
    expect(world.outputs("setting")).toMatchObject({ settings: { [`${ML}max_model_on_node`]: "99" } });
    expect(world.outputs("entries")).toMatchObject({ settings: { [`${ML}remote_job.status_field`]: [] } });
    expect(world.outputs("group")).toMatchObject({ name: "theirs", description: "theirs" });
    expect(world.outputs("edited")).toMatchObject({
      name: "theirs",
      description: "theirs",
      version: 9,
      parameters: { model: "theirs" },
      clientConfig: { readTimeoutSeconds: 9 },
    });
    expect(world.outputs("model")).toMatchObject({
      name: "theirs",
      description: "theirs",
      isEnabled: false,
      rateLimiter: { limit: "9", unit: "DAYS" },
      guardrails: { input_guardrail: { regex: ["^theirs$"] } },
      deploySetting: { model_ttl_minutes: 9 },
      modelGroupId: world.id("other-group"),
      connectorId: world.id("other"),
    });
    expect(world.outputs("undeployed")).toMatchObject({ deployed: false, modelState: "UNDEPLOYED" });
    expect(world.outputs("derived")).toMatchObject({ system: "Be theirs." });
  });

  it.each([
    ["ClusterSetting", "setting", /plugins\.ml_commons\.max_model_on_node *: "99" => 11/],
    ["ClusterSetting", "entries", /plugins\.ml_commons\.remote_job\.status_field/],
    ["ModelGroup", "name", /name *: "theirs" => "group"/],
    ["ModelGroup", "description", /description *: "theirs" => "ours"/],
    ["Connector", "version", /version *: 9 => 1/],
    ["Connector", "parameters", /model *: "theirs" => "m"/],
    ["Connector", "clientConfig", /readTimeoutSeconds *: 9 => 300/],
    ["DeployedModel", "name", /name *: "theirs" => "model"/],
    ["DeployedModel", "isEnabled", /isEnabled *: false => true/],
    ["DeployedModel", "rateLimiter", /unit *: "DAYS" => "MINUTES"/],
    ["DeployedModel", "guardrails", /"\^theirs\$" => "\^never\$"/],
    ["DeployedModel", "interface", /interface/],
    ["DeployedModel", "deploySetting", /model_ttl_minutes *: 9 => 60/],
    ["DeployedModel", "modelGroupId", /modelGroupId *:/],
    ["DeployedModel", "connectorId", /connectorId *:/],
    ["DeployedModel", "deploy state", /deployed *: false => true/],
    ["OllamaModel", "system", /system *: "Be theirs\." => "Be brief\."/],
  ])("the preview names it: %s %s", (_type, _what, line) => {
    expect(preview.output).toMatch(line);
  });

  it("up repairs it, and makes again what was deleted", async () => {
    repaired = await world.project.up();
    expect(repaired.code, repaired.output).toBe(0);
    expect(Object.fromEntries(operations(repaired))).toEqual({
      "drift-dev": "same",
      setting: "update",
      entries: "update",
      group: "update",
      "other-group": "same",
      used: "same",
      other: "same",
      edited: "replace",
      model: "update",
      undeployed: "update",
      derived: "update",
      "gone-setting": "update",
      "gone-group": "create",
      "gone-connector": "create",
      "gone-model": "create",
      "gone-derived": "create",
    });
  });

  it("the servers hold what the program says", async () => {
    const settings = await world.settings();
    expect(settings.persistent).toMatchObject({
      [`${ML}max_model_on_node`]: "11",
      [`${ML}remote_job.status_field`]: ["theirs", "ours"],
      [`${ML}stream_enabled`]: "true",
    });
    expect(await world.seen("ModelGroup", world.id("group"))).toMatchObject({
      name: "group",
      description: expect.stringMatching(/^ours \(Pulumi /),
    });
    expect(await world.seen("Connector", world.id("edited"))).toMatchObject({
      version: "1",
      parameters: { model: "m" },
      client_config: { read_timeout: 300 },
    });
    expect(await world.seen("DeployedModel", world.id("model"))).toMatchObject({
      name: "model",
      description: expect.stringMatching(/^ours \(Pulumi /),
      is_enabled: true,
      rate_limiter: { limit: "1000", unit: "MINUTES" },
      guardrails: { input_guardrail: { regex: ["^never$"] } },
      deploy_setting: { model_ttl_minutes: 60 },
      model_group_id: world.id("group"),
      connector_id: world.id("used"),
      model_state: "DEPLOYED",
    });
    expect(await world.seen("DeployedModel", world.id("undeployed"))).toMatchObject({ model_state: "DEPLOYED" });
    expect(ollama.models.get("derived:1")?.system).toBe("Be brief.");
    expect(ollama.models.has("gone:1")).toBe(true);
    await world.predict(world.id("model"));
    await world.predict(world.id("gone-model"));
  });

  it("the ids of repaired models and groups are kept", () => {
    for (const name of ["group", "model", "undeployed"]) expect(world.id(name)).toBe(idsBefore.get(name));
  });

  it("then a refresh and a preview find nothing", async () => {
    const again = await world.project.refresh("--expect-no-changes");
    expect(again.code, again.output).toBe(0);
    const quiet = await world.project.preview("--expect-no-changes");
    expect(quiet.code, quiet.output).toBe(0);
  });

  it("an Ollama server that does not answer is an error, and the state stays as it was", async () => {
    const before = world.ids();
    const { endpoint } = ollama;
    await ollama.stop();
    const failed = await world.project.refresh();
    expect(failed.code).not.toBe(0);
    expect(failed.output).toContain(endpoint);
    expect(world.ids()).toEqual(before);
    await ollama.start(Number(new URL(endpoint).port));
  });

  it("a cluster that does not answer is an error, and the state stays as it was", async () => {
    const before = world.ids();
    const { url } = world.cluster;
    await world.cluster.close();
    const failed = await world.project.refresh();
    expect(failed.code).not.toBe(0);
    expect(failed.output).toContain(url);
    expect(failed.output).toMatch(/cause: .+/);
    expect(world.ids()).toEqual(before);
    await world.startAnew(Number(new URL(url).port));
  });

  it("a cluster that lost its data gets everything again by one up, and what others made there is left alone", async () => {
    const before = world.ids();
    const theirs = { name: "theirs", description: "was there first" };
    const foreign = await world.done("POST", "/_plugins/_ml/model_groups/_register", theirs);
    const run = await world.project.up("--refresh");
    expect(run.code, run.output).toBe(0);
    expect(await world.counts()).toEqual([4, 4, 3]);
    expect(world.id("model")).not.toBe(before.get("model"));
    await world.predict(world.id("model"));
    const gone = await world.project.destroy();
    expect(gone.code, gone.output).toBe(0);
    expect(await world.counts()).toEqual([1, 0, 0]);
    expect(await world.seen("ModelGroup", String(foreign.model_group_id))).toMatchObject(theirs);
    expect(ollama.models.has("base:1")).toBe(true);
    expect(ollama.models.size).toBe(1);
  });
});
