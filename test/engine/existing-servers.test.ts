import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningOllama, startOllama } from "../support/ollama";
import { ADMIN_PASSWORD as PASSWORD } from "../support/opensearch/address";
import { TestCluster } from "../support/opensearch/test-cluster";
import { keepAsking } from "./support/callers";
import { changes, newBackend, Project, position, type Run, repository } from "./support/project";
import { hasEngine, hasOllama } from "./support/toolchain";

const QUESTION = JSON.stringify({ parameters: { prompt: "Why is the sky blue?" } });
const authorization = `Basic ${Buffer.from(`admin:${PASSWORD}`).toString("base64")}`;

describe.skipIf(!hasEngine || !hasOllama)("the stack on servers that run already", () => {
  let cluster: TestCluster;
  let ollama: RunningOllama;
  let project: Project;
  let first: Run;
  const backend = newBackend();

  const config = (extra: Record<string, unknown> = {}) => ({
    opensearchEndpoint: cluster.url,
    opensearchUsername: "admin",
    ollamaEndpoint: ollama.endpoint,
    modelOptions: { num_predict: 8, num_thread: 1 },
    ...extra,
  });

  const api = async (method: string, path: string, body?: string) => {
    const headers = { authorization, "content-type": "application/json" };
    const answer = await fetch(`${cluster.url}${path}`, { method, headers, body });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };

  const hits = async (kind: string) => {
    const { body } = await api("POST", `/_plugins/_ml/${kind}/_search`, "{}");
    return (body.hits as { hits: unknown[] }).hits.length;
  };

  const ollamaChat = (args: string, surroundings = "") =>
    project.shell(`${surroundings} "${process.execPath}" "${join(repository, "dist", "cli", "main.js")}" ${args}`);

  /** One up of the example that reads this stack's outputs. */
  async function asConsumer<T>(stack: string, look: (made: { run: Run; consumer: Project }) => T): Promise<Awaited<T>> {
    const name = "ollama-chat-consumer";
    const asks = { chatStack: "organization/pulumi-ollama-chat/existing", question: "Why is the sky blue?" };
    const consumer = await Project.ofProgram(name, "examples/consumer/index.js", stack, asks, backend);
    try {
      return await look({ run: await consumer.up(), consumer });
    } finally {
      consumer.remove();
    }
  }

  beforeAll(async () => {
    [cluster, ollama] = await Promise.all([TestCluster.start({ kind: "secured" }), startOllama()]);
    project = await Project.ofRepository("existing", config(), backend);
    await project.secret("opensearchPassword", PASSWORD);
    first = await project.up();
  });

  afterAll(async () => {
    await cluster?.close();
    await ollama?.stop();
    project?.remove();
  });

  it("first up makes all six resources, in the order of their dependencies, and no Docker resource", () => {
    expect(first.output, first.output).toContain("Duration");
    expect(first.code, first.output).toBe(0);
    expect([...changes(first)].sort()).toEqual([
      "create ClusterSetting",
      "create Connector",
      "create DeployedModel",
      "create ModelGroup",
      "create OllamaModel",
    ]);
    expect(position(first, "create ClusterSetting")).toBeLessThan(position(first, "create Connector"));
    expect(position(first, "create Connector")).toBeLessThan(position(first, "create DeployedModel"));
    expect(position(first, "create OllamaModel")).toBeLessThan(position(first, "create DeployedModel"));
    expect(project.resources().filter(({ type }) => type.startsWith("docker:"))).toEqual([]);
  });

  it("the deployed model answers a question through OpenSearch", async () => {
    const { modelId } = await project.outputs();
    const { status, body } = await api("POST", `/_plugins/_ml/models/${modelId}/_predict`, QUESTION);
    expect(status).toBe(200);
    expect(JSON.stringify(body)).toMatch(/"response":"[^"]+/);
  });

  it("outputs are flat texts, and by alias for each model; only the password is secret", async () => {
    const outputs = await project.outputs();
    const byAlias = await project.outputsByAlias();
    expect([...Object.keys(outputs), ...Object.keys(byAlias)].sort()).toEqual([
      "api",
      "apis",
      "chatModel",
      "chatModels",
      "connectorId",
      "connectorIds",
      "modelGroupId",
      "modelId",
      "modelIds",
      "ollamaEndpoint",
      "opensearchCaCertificate",
      "opensearchEndpoint",
      "opensearchPassword",
      "opensearchUsername",
      "predictPassword",
      "predictUrl",
      "predictUrls",
      "predictUsername",
    ]);
    expect(outputs.opensearchPassword).toBe(PASSWORD);
    expect(byAlias.modelIds).toEqual({ "smollm2:135m": outputs.modelId });
    expect(outputs.predictUrl).toBe(`${cluster.url}/_plugins/_ml/models/${outputs.modelId}/_predict`);
    const { output } = await project.cli("stack", "output", "--json");
    expect(JSON.parse(output)).toMatchObject({ opensearchPassword: "[secret]", opensearchUsername: "admin" });
  });

  it("the password is nowhere in the state, nor in what was printed", () => {
    expect(project.stateText()).not.toContain(PASSWORD);
    expect(project.stateText()).not.toContain(Buffer.from(PASSWORD).toString("base64"));
    expect(first.output).not.toContain(PASSWORD);
  });

  it("the stored provider text is the frozen constant, in inputs and outputs", () => {
    const texts = project
      .resources()
      .filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic/ollamachat:"))
      .map(({ type, inputs, outputs }) => [type.split(":").pop(), inputs?.__provider, outputs?.__provider]);
    const entry = (path: string) => `exports.handler = () => require("pulumi-ollama-chat/provider/${path}");`;
    expect(texts).toHaveLength(5);
    for (const [type, input, output] of texts) {
      const path = String(type)
        .replace(/(?<=.)([A-Z])/g, "-$1")
        .toLowerCase();
      expect([input, output]).toEqual([entry(path), entry(path)]);
    }
  });

  it("the state names the program's line of each resource, and behind it the program's first", () => {
    const made = project.resources().filter(({ inputs }) => inputs?.owner !== undefined);
    expect(made.length).toBe(5);
    for (const { sourcePosition, stackTrace } of made) {
      expect(sourcePosition).toMatch(/^project:\/\/.*\/components\/[\w/-]+\.js#\d+,\d+$/);
      const frames = (stackTrace as { sourcePosition?: string }[]).map((frame) => frame.sourcePosition ?? "");
      expect(frames[0]).toBe(sourcePosition);
      expect(frames).toContainEqual(expect.stringMatching(/^project:\/\/.*\/index\.js#\d+,\d+$/));
    }
  });

  it("the hidden owner equals the resource's URN", () => {
    const owned = project.resources().filter(({ inputs }) => inputs?.owner !== undefined);
    expect(owned).toHaveLength(5);
    for (const { urn, inputs } of owned) expect(inputs?.owner).toBe(urn);
  });

  it("a preview after up shows no change", async () => {
    const run = await project.preview("--expect-no-changes");
    expect(run.code, run.output).toBe(0);
  });

  it("a refresh shows no change, and neither does the preview after it", async () => {
    const refreshed = await project.refresh("--expect-no-changes");
    expect(refreshed.code, refreshed.output).toBe(0);
    const run = await project.preview("--expect-no-changes");
    expect(run.code, run.output).toBe(0);
  });

  it("a changed connector is swapped under load: new made, model moved, old deleted, id kept, no answer lost", async () => {
    const before = await project.outputs();
    const path = `/_plugins/_ml/models/${before.modelId}/_predict`;
    const callers = keepAsking(async () => {
      const { status, body } = await api("POST", path, QUESTION);
      if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
    });
    project.configure(config({ modelOptions: { num_predict: 9, num_thread: 1 } }));
    const run = await project.up();
    const { answered, failures } = await callers.stop();
    expect(run.code, run.output).toBe(0);
    const order = ["create-replacement Connector", "update DeployedModel", "delete-replaced Connector"];
    expect(changes(run).filter((step) => order.includes(step))).toEqual(order);
    const after = await project.outputs();
    expect(after.modelId).toBe(before.modelId);
    expect(after.connectorId).not.toBe(before.connectorId);
    expect(failures).toEqual([]);
    expect(answered).toBeGreaterThan(0);
    expect((await api("GET", `/_plugins/_ml/connectors/${before.connectorId}`)).status).toBe(404);
  });

  it("a model undeployed behind our back shows in refresh, is repaired by up, and then nothing changes", async () => {
    const { modelId } = await project.outputs();
    await api("POST", `/_plugins/_ml/models/${modelId}/_undeploy`);
    const refreshed = await project.refresh();
    expect(refreshed.code, refreshed.output).toBe(0);
    const preview = await project.preview();
    expect(preview.output).toMatch(/~ deployed *: false => true/);
    const repaired = await project.up();
    expect(changes(repaired)).toEqual(["update DeployedModel"]);
    expect((await api("GET", `/_plugins/_ml/models/${modelId}`)).body.model_state).toBe("DEPLOYED");
    const quiet = await project.preview("--expect-no-changes");
    expect(quiet.code, quiet.output).toBe(0);
  });

  it("a user who may only ask is made if the configuration says so, and ollama-chat and another stack ask as this one", async () => {
    const changed = { modelOptions: { num_predict: 9, num_thread: 1 } };
    project.configure(config({ ...changed, opensearchPredictUser: "true" }));
    const run = await project.up();
    expect(run.code, run.output).toBe(0);
    expect([...changes(run)].sort()).toEqual(["create SecurityRole", "create SecurityUser"]);
    const { predictUsername, predictPassword = "" } = await project.outputs();
    expect(predictUsername).toMatch(/^chat-predict-user-[0-9a-f]{8}$/);
    expect(run.output + project.stateText()).not.toContain(predictPassword);
    const quiet = await project.preview("--expect-no-changes", "--refresh");
    expect(quiet.code, quiet.output).toBe(0);

    const askers = [
      () => ollamaChat("ask 'Why is the sky blue?'"),
      (stack: string) => asConsumer(stack, ({ run }) => run),
    ];
    for (const ask of askers) expect((await ask("allowed")).code).toBe(0);
    const role = project.resources().find(({ type }) => type.endsWith(":SecurityRole"))?.id;
    const lost = JSON.stringify({ cluster_permissions: ["cluster:monitor/main"] });
    await api("PUT", `/_plugins/_security/api/roles/${role}`, lost);
    for (const ask of askers) expect((await ask("refused")).output).toContain(`User [name=${predictUsername}, `);

    project.configure(config(changed));
    const without = await project.up();
    expect([...changes(without)].sort()).toEqual(["delete SecurityRole", "delete SecurityUser"]);
  });

  it("another stack reads the outputs and asks a question with the secret password", async () => {
    await asConsumer("owner", async ({ run, consumer }) => {
      expect(run.code, run.output).toBe(0);
      expect((await consumer.outputs()).answer).not.toBe("");
      expect(run.output).not.toContain(PASSWORD);
    });
  });

  it("ollama-chat finds the stack by itself, asks its model, and prints the password nowhere", async () => {
    const { code, output } = await ollamaChat("ask --json 'Why is the sky blue?'");
    expect(code, output).toBe(0);
    expect(JSON.parse(output)).toEqual({
      answer: expect.stringMatching(/\S/),
      thinking: null,
      doneReason: expect.stringMatching(/^(?:stop|length)$/),
      promptCut: false,
      model: "smollm2:135m",
      seconds: expect.any(Number),
      tokens: expect.any(Number),
      promptTokens: expect.any(Number),
      tokensPerSecond: expect.any(Number),
      through: "opensearch",
    });
    const elsewhere = `--stack existing --cwd '${project.folder}'`;
    const models = await ollamaChat(`models ${elsewhere}`, "cd /; env -u PULUMI_STACK");
    expect(models.code, models.output).toBe(0);
    expect(models.output).toMatch(/^smollm2:135m +DEPLOYED +\S+ \* /m);
    expect(output + models.output).not.toContain(PASSWORD);
  });

  it("ollama-chat's estimate of a model's memory is within a tenth of what Ollama itself says", async () => {
    const { code, output } = await ollamaChat("models --json");
    expect(code, output).toBe(0);
    const report = JSON.parse(output) as {
      ollama: { models: { name: string; memoryBytes: number; loaded?: { sizeBytes: number } }[] };
    };
    const model = report.ollama.models.find(({ name }) => name === "smollm2:135m");
    const ratio = (model?.memoryBytes ?? 0) / (model?.loaded?.sizeBytes ?? 1);
    expect([ratio > 0.9, ratio < 1.1], `${ratio}`).toEqual([true, true]);
  });

  it("ollama-chat ends with 3 and says what to do with a wrong passphrase, and without pulumi", async () => {
    const wrong = await ollamaChat("ask x", "PULUMI_CONFIG_PASSPHRASE=wrong");
    expect(wrong).toEqual({
      code: 3,
      output: [
        "error: The outputs of the selected stack cannot be read: failed to decrypt: incorrect passphrase, please set PULUMI_CONFIG_PASSPHRASE to the correct passphrase or set PULUMI_CONFIG_PASSPHRASE_FILE to a file containing the passphrase",
        "  cause: The stack's secrets are encrypted with a passphrase, which is missing or wrong.",
        "  fix: Set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE to the stack's.",
        "",
      ].join("\n"),
    });
    const without = await ollamaChat("ask x", "PATH=/usr/bin:/bin");
    expect(without).toEqual({
      code: 3,
      output: [
        "error: The command pulumi was not found, so no stack can be read.",
        "  cause: Endpoints come from a Pulumi stack's outputs unless flags or variables name them.",
        "  fix: Install Pulumi, or give the servers themselves: --opensearch URL --model-id ID, or --ollama URL --model NAME (see ollama-chat --help).",
        "",
      ].join("\n"),
    });
  });

  it("the resources one by one take the password from the environment, and keep it in no form", async () => {
    const settings = { opensearchEndpoint: cluster.url, ollamaEndpoint: ollama.endpoint };
    const example = await Project.ofProgram(
      "ollama-chat-existing-cluster",
      "examples/existing-cluster/index.js",
      "dev",
      { ...settings, opensearchUsername: "" },
    );
    const withoutUser = await example.preview();
    expect(withoutUser.code, withoutUser.output).toBe(0);
    example.configure({ ...settings, opensearchUsername: "admin" });
    example.environment("OPENSEARCH_PASSWORD", PASSWORD);
    const run = await example.up();
    expect(run.code, run.output).toBe(0);
    expect(example.stateText()).not.toMatch(/"password"/);
    const quiet = await example.refresh("--expect-no-changes");
    expect(quiet.code, quiet.output).toBe(0);
    expect((await example.destroy()).code).toBe(0);
    example.remove();
  });

  it("an empty model name stops in preview with name and rule", async () => {
    project.configure(config({ model: "" }));
    const run = await project.preview();
    expect(run.code).not.toBe(0);
    expect(run.output).toContain(
      'error: model is "": must be a model\'s name, such as smollm2:135m or host:5000/namespace/name:tag',
    );
  });

  it("an unknown api kind stops in preview with name, value and what is allowed", async () => {
    project.configure(config({ api: "telepathy" }));
    const run = await project.preview();
    expect(run.code).not.toBe(0);
    expect(run.output).toContain('api is "telepathy": must be one of generate, chat, openai');
  });

  it("a malformed endpoint stops in preview with name, value and what is allowed", async () => {
    project.configure(config({ ollamaEndpoint: "localhost:11434" }));
    const run = await project.preview();
    expect(run.code).not.toBe(0);
    expect(run.output).toContain(
      'ollamaEndpoint is "localhost:11434": must begin with http:// or https://, as in http://localhost:11434',
    );
  });

  it("a model that cannot be pulled fails with the registry's words, a cause and a fix, and changes nothing else", async () => {
    const before = await project.outputs();
    project.configure(config({ models: ["127.0.0.1:1/library/nosuch:1b"] }));
    const run = await project.up();
    expect(run.code).not.toBe(0);
    expect(run.output).toContain("127.0.0.1:1");
    expect(run.output).toMatch(/cause: .+/);
    expect(run.output).toMatch(/fix: .+/);
    expect((await project.outputs()).modelId).toBe(before.modelId);
    project.configure(config());
    const quiet = await project.up();
    expect(quiet.code, quiet.output).toBe(0);
  });

  it("destroy deletes model, connector and group in order and leaves nothing, not even a setting", async () => {
    const run = await project.destroy();
    expect(run.code, run.output).toBe(0);
    expect(position(run, "delete DeployedModel")).toBeLessThan(position(run, "delete Connector"));
    expect(position(run, "delete DeployedModel")).toBeLessThan(position(run, "delete ModelGroup"));
    expect(position(run, "delete Connector")).toBeLessThan(position(run, "delete ClusterSetting"));
    expect([await hits("models"), await hits("connectors"), await hits("model_groups")]).toEqual([0, 0, 0]);
    expect((await api("GET", "/_cluster/settings")).body).toEqual({ persistent: {}, transient: {} });
  });
});
