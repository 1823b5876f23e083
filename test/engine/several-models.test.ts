import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningOllama, startOllama } from "../support/ollama";
import { ADMIN_PASSWORD as PASSWORD } from "../support/opensearch/address";
import { TestCluster } from "../support/opensearch/test-cluster";
import { changes, newBackend, Project, type Run, repository } from "./support/project";
import { hasEngine, hasOllama } from "./support/toolchain";

const MODEL = "smollm2:135m";
const authorization = `Basic ${Buffer.from(`admin:${PASSWORD}`).toString("base64")}`;

describe.skipIf(!hasEngine || !hasOllama)("a stack of several models", () => {
  let cluster: TestCluster;
  let ollama: RunningOllama;
  let project: Project;
  let first: Run;

  const talk = { name: MODEL, alias: "talk", api: "chat" };
  const words = { name: MODEL, alias: "words", api: "openai", modelOptions: { num_predict: 8 } };
  const configure = (models: readonly object[]) =>
    project.configure({
      opensearchEndpoint: cluster.url,
      opensearchUsername: "admin",
      ollamaEndpoint: ollama.endpoint,
      modelOptions: { num_predict: 8, num_thread: 1 },
      models,
    });

  /** What a run did, by resource. */
  const named = ({ steps }: Run) => steps.filter(({ op }) => op !== "same").map(({ op, name }) => `${op} ${name}`);

  beforeAll(async () => {
    [cluster, ollama] = await Promise.all([TestCluster.start({ kind: "secured" }), startOllama()]);
    project = await Project.ofRepository("several", {}, newBackend());
    configure([talk, words]);
    await project.secret("opensearchPassword", PASSWORD);
    first = await project.up();
  });

  afterAll(async () => {
    await cluster?.close();
    await ollama?.stop();
    project?.remove();
  });

  const predict = async (url: string | undefined, parameters: object) => {
    const body = JSON.stringify({ parameters });
    const headers = { authorization, "content-type": "application/json" };
    const answer = await fetch(url ?? "", { method: "POST", headers, body });
    return { status: answer.status, text: await answer.text() };
  };

  it("first up deploys each in the one group, pulls their one model once, and all of them answer", async () => {
    expect(first.code, first.output).toBe(0);
    const kinds = changes(first).map((step) => step.replace("create ", ""));
    const count = (kind: string) => kinds.filter((one) => one === kind).length;
    expect([count("ModelGroup"), count("OllamaModel"), count("Connector"), count("DeployedModel")]).toEqual([
      1, 1, 3, 3,
    ]);
    const { predictUrls } = await project.outputsByAlias();
    const messages = [{ role: "user", content: "Why is the sky blue?" }];
    expect(await predict(predictUrls?.[MODEL], { prompt: "Why is the sky blue?" })).toMatchObject({ status: 200 });
    expect(await predict(predictUrls?.talk, { messages })).toMatchObject({ status: 200 });
    const { status, text } = await predict(predictUrls?.words, { messages });
    expect([status, text]).toEqual([200, expect.stringContaining('"choices"')]);
  });

  it("a preview after up shows no change", async () => {
    const run = await project.preview("--expect-no-changes");
    expect(run.code, run.output).toBe(0);
  });

  it("ollama-chat asks a model by its alias, and a name that is none of them finds no model on OpenSearch", async () => {
    const ask = (args: string) =>
      project.shell(`"${process.execPath}" "${join(repository, "dist", "cli", "main.js")}" ask ${args} Hello`);
    const { output, code } = await ask("--json --model words");
    expect(code, output).toBe(0);
    expect(JSON.parse(output)).toMatchObject({
      model: MODEL,
      through: "opensearch",
      answer: expect.stringMatching(/\S/),
    });
    expect(await ask("--model nobody")).toEqual({
      code: 3,
      output: [
        `error: No deployed model is known on ${cluster.url} by the name nobody.`,
        `  cause: The servers come from the selected stack, whose models are ${MODEL}, talk, words.`,
        "  fix: Give --model with one of these, or --model-id ID; ollama-chat models lists the deployed ones.",
        "",
      ].join("\n"),
    });
  });

  it("a changed model touches its own resources alone", async () => {
    configure([talk, { ...words, modelOptions: { num_predict: 9 } }]);
    const run = await project.preview("--expect-no-changes");
    expect(run.code).not.toBe(0);
    expect(named(run).sort()).toEqual([
      "create-replacement chat-connector-words",
      "delete-replaced chat-connector-words",
      "replace chat-connector-words",
      "update chat-model-words",
    ]);
  });

  it("a third model is added without touching the others", async () => {
    const before = await project.outputsByAlias();
    configure([talk, words, { name: MODEL, alias: "third", api: "chat" }]);
    const preview = await project.preview();
    expect(named(preview).sort()).toEqual(["create chat-connector-third", "create chat-model-third"]);
    const run = await project.up();
    expect(run.code, run.output).toBe(0);
    expect(named(run).sort()).toEqual(["create chat-connector-third", "create chat-model-third"]);
    const { modelIds } = await project.outputsByAlias();
    expect(modelIds).toEqual({ ...before.modelIds, third: expect.stringMatching(/\S/) });
  });

  it("models that are taken away leave the others as they are", async () => {
    configure([talk]);
    const run = await project.up();
    expect(run.code, run.output).toBe(0);
    expect(named(run).sort()).toEqual([
      "delete chat-connector-third",
      "delete chat-connector-words",
      "delete chat-model-third",
      "delete chat-model-words",
      "delete chat-settings-openai",
    ]);
  });

  it("an option that a model's api has no word for stops in preview with name, value and what is allowed", async () => {
    configure([{ ...words, modelOptions: { num_ctx: 4096 } }]);
    const run = await project.preview();
    expect(run.code).not.toBe(0);
    expect(run.output).toContain(
      'error: OllamaChatStack "chat": models.0.modelOptions.num_ctx is 4096: can\'t be sent with api openai, which knows num_predict, temperature, top_p, seed, stop, presence_penalty, frequency_penalty; take api generate or chat, or a model that is made with it',
    );
  });

  it("destroy leaves nothing", async () => {
    configure([talk]);
    const run = await project.destroy();
    expect(run.code, run.output).toBe(0);
    const answer = await fetch(`${cluster.url}/_cluster/settings`, { headers: { authorization } });
    expect(await answer.json()).toEqual({ persistent: {}, transient: {} });
  });

  it("examples/multi-model: three models of one Ollama, each asked by its alias; destroy leaves nothing", async () => {
    const settings = { opensearchEndpoint: cluster.url, ollamaEndpoint: ollama.endpoint, model: MODEL };
    const example = await Project.ofProgram(
      "ollama-chat-multi-model",
      "examples/multi-model/index.js",
      "dev",
      settings,
    );
    const without = await example.preview();
    expect(without.output).toContain(
      "error: opensearchPassword is missing: pulumi config set --secret opensearchPassword '...'",
    );
    await example.secret("opensearchPassword", PASSWORD);
    const run = await example.up();
    expect(run.code, run.output).toBe(0);
    const command = join(repository, "dist", "cli", "main.js");
    for (const alias of ["talk", "brief", "openai"]) {
      const asked = await example.shell(`"${process.execPath}" "${command}" ask --json --model ${alias} Hello`);
      expect(asked.code, asked.output).toBe(0);
      expect(JSON.parse(asked.output)).toMatchObject({ through: "opensearch", answer: expect.stringMatching(/\S/) });
    }
    const quiet = await example.preview("--expect-no-changes");
    expect(quiet.code, quiet.output).toBe(0);
    expect((await example.destroy()).code).toBe(0);
    const left = await fetch(`${cluster.url}/_cluster/settings`, { headers: { authorization } });
    expect(await left.json()).toEqual({ persistent: {}, transient: {} });
    example.remove();
  });
});
