import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import type { OllamaChatStackArgs } from "../../../components/args";
import { EXISTING, OURS, PASSWORD, type Stack, stackOf } from "./stack-support";

const endpoint = "http://localhost:11434";
const both = { opensearch: { existing: EXISTING }, ollama: { existing: { endpoint } } };

const namesOf = (stack: Stack, type: string) =>
  [...stack.resources.values()]
    .filter((one) => one.type === `${OURS}${type}`)
    .map(({ name }) => name)
    .sort();

/** What a stack registers, by name: inputs and what each waits for. */
const registered = (stack: Stack) =>
  Object.fromEntries([...stack.resources].map(([name, { inputs, dependencies }]) => [name, { inputs, dependencies }]));

describe("several models", () => {
  const models = ["small:1", { name: "big:7b", alias: "big", api: "openai", modelOptions: { num_predict: 9 } }];
  const args: OllamaChatStackArgs = { ...both, model: "main:1", modelOptions: { num_predict: 7 }, models };

  it("each has a connector and a deployed model of its own in the one group, the first under the known names", async () => {
    const stack = await stackOf(args);
    expect(namesOf(stack, "ModelGroup")).toStrictEqual(["chat-group"]);
    expect(namesOf(stack, "OllamaModel")).toStrictEqual([
      "chat-ollama-model",
      "chat-ollama-model-big:7b",
      "chat-ollama-model-small:1",
    ]);
    expect(namesOf(stack, "Connector")).toStrictEqual([
      "chat-connector",
      "chat-connector-big",
      "chat-connector-small:1",
    ]);
    expect(namesOf(stack, "DeployedModel")).toStrictEqual(["chat-model", "chat-model-big", "chat-model-small:1"]);
    for (const alias of ["small:1", "big"]) {
      expect(stack.of(`chat-model-${alias}`).inputs).toMatchObject({
        modelGroupId: "chat-group-id",
        connectorId: `chat-connector-${alias}-id`,
      });
    }
  });

  it("an entry's own api and options count, and the stack's where it has none", async () => {
    const stack = await stackOf(args);
    expect(stack.of("chat-connector-small:1").inputs).toMatchObject({
      actions: [{ url: `${endpoint}/api/generate` }],
      parameters: { model: "small:1", options: '{"num_predict":7}' },
    });
    const { inputs } = stack.of("chat-connector-big");
    expect(inputs).toMatchObject({
      actions: [{ url: `${endpoint}/v1/chat/completions` }],
      parameters: { model: "big:7b" },
    });
    expect(JSON.stringify(inputs.actions)).toContain('\\"max_tokens\\": 9');
  });

  it("the outputs tell of the first in flat texts, and of each by its alias", async () => {
    const { outputs, secretOutputs } = await stackOf(args);
    const predict = (id: string) => `${EXISTING.endpoint}/_plugins/_ml/models/${id}/_predict`;
    expect(outputs).toMatchObject({
      chatModel: "main:1",
      modelId: "chat-model-id",
      predictUrl: predict("chat-model-id"),
      chatModels: { "main:1": "main:1", "small:1": "small:1", big: "big:7b" },
      apis: { "main:1": "generate", "small:1": "generate", big: "openai" },
      connectorIds: { "main:1": "chat-connector-id", big: "chat-connector-big-id" },
      modelIds: { "main:1": "chat-model-id", "small:1": "chat-model-small:1-id", big: "chat-model-big-id" },
      predictUrls: { "main:1": predict("chat-model-id"), big: predict("chat-model-big-id") },
    });
    expect(secretOutputs).toStrictEqual(["opensearchPassword", "predictPassword"]);
  });

  it.each<readonly [string, OllamaChatStackArgs, readonly string[]]>([
    ["adding a model", { ...args, models: [...models, "third:1"] }, ["third:1"]],
    ["taking one away", { ...args, models: ["small:1"] }, ["big:7b", "big", "openai"]],
    ["another option for one", { ...args, models: ["small:1", { ...(models[1] as object), name: "big:7b" }] }, []],
    [
      "another api for one",
      { ...args, models: [{ name: "small:1", api: "chat" }, ...models.slice(1)] },
      ["small:1", "generate", "chat"],
    ],
    [
      "another api for the first",
      { ...args, api: "chat", models: [{ name: "small:1", api: "generate" }, ...models.slice(1)] },
      [""],
    ],
  ])("%s touches what belongs to it alone", async (_, changed, touched) => {
    const [before, after] = [registered(await stackOf(args)), registered(await stackOf(changed))];
    const own = ["connector", "model", "settings", "ollama-model"].flatMap((part) =>
      touched.map((name) => (name === "" ? `chat-${part}` : `chat-${part}-${name}`)),
    );
    const others = (all: typeof before) =>
      Object.fromEntries(Object.entries(all).filter(([name]) => !own.includes(name)));
    expect(others(after)).toStrictEqual(others(before));
  });

  it("models of one api share the trust in its URL, which the chat model's settings do not hold for them", async () => {
    const stack = await stackOf({ ...both, models: ["a:1", "b:1", "c:1", { name: "d:1", api: "chat" }] });
    expect(namesOf(stack, "ClusterSetting")).toStrictEqual([
      "chat-settings",
      "chat-settings-chat",
      "chat-settings-generate",
    ]);
    expect(stack.of("chat-settings-chat").inputs).toMatchObject({
      mode: "contribute",
      settings: { "plugins.ml_commons.trusted_connector_endpoints_regex": ["^http://localhost:11434/api/chat$"] },
      whenKnown: {
        "plugins.ml_commons.trusted_connector_private_endpoints_regex": ["^http://localhost:11434/api/chat$"],
      },
    });
    expect(stack.of("chat-connector-d:1").dependencies).toContain("chat-settings-chat");
    expect(stack.of("chat-connector-d:1").dependencies).not.toContain("chat-settings-generate");
  });

  it("each waits for its own pull and for no other", async () => {
    const stack = await stackOf(args);
    const pulls = (name: string) => stack.of(name).dependencies.filter((one) => one.includes("ollama-model"));
    expect(pulls("chat-model")).toStrictEqual(["chat-ollama-model"]);
    expect(pulls("chat-model-big")).toStrictEqual(["chat-ollama-model-big:7b"]);
  });

  it("without `model` the first of the list is the chat model", async () => {
    const stack = await stackOf({ ...both, models: [{ name: "big:7b", alias: "big", api: "chat" }, "small:1"] });
    expect(stack.outputs).toMatchObject({
      chatModel: "big:7b",
      api: "chat",
      modelId: "chat-model-id",
      modelIds: { big: "chat-model-id", "small:1": "chat-model-small:1-id" },
    });
  });

  it("one with deploy: false is had in Ollama and nowhere else; a text that names a model again adds nothing", async () => {
    const stack = await stackOf({
      ...both,
      model: "a:1",
      models: ["b:1", "a:1", "b:1", { name: "all-minilm", deploy: false }],
    });
    expect(namesOf(stack, "OllamaModel")).toStrictEqual([
      "chat-ollama-model",
      "chat-ollama-model-all-minilm",
      "chat-ollama-model-b:1",
    ]);
    expect(namesOf(stack, "DeployedModel")).toStrictEqual(["chat-model", "chat-model-b:1"]);
    expect(stack.outputs).toMatchObject({ modelIds: { "a:1": "chat-model-id", "b:1": "chat-model-b:1-id" } });
  });

  it("one model may answer in two ways, and is pulled once", async () => {
    const stack = await stackOf({ ...both, model: "a:1", models: [{ name: "a:1", alias: "a-chat", api: "chat" }] });
    expect(namesOf(stack, "OllamaModel")).toStrictEqual(["chat-ollama-model"]);
    expect(stack.of("chat-model-a-chat").dependencies).toContain("chat-ollama-model");
    expect(stack.outputs).toMatchObject({ chatModels: { "a:1": "a:1", "a-chat": "a:1" } });
  });

  it("a transform is told which model it changes", async () => {
    const stack = await stackOf({
      ...args,
      transform: {
        connector: (made, alias) => ({ ...made, description: `for ${alias}` }),
        deployedModel: (made, alias) => (alias === "big" ? { ...made, isEnabled: false } : made),
      },
    });
    expect(stack.of("chat-connector").inputs.description).toBe("for main:1");
    expect(stack.of("chat-model-big").inputs.isEnabled).toBe(false);
    expect(stack.of("chat-model").inputs).not.toHaveProperty("isEnabled");
  });
});

describe("arguments that are outputs", () => {
  const plain: OllamaChatStackArgs = {
    opensearch: { adminPassword: PASSWORD },
    ollama: { existing: { endpoint }, keepAlive: "30m" },
    model: "a:1",
    modelOptions: { num_predict: 7 },
    readTimeoutSeconds: 60,
    models: [{ name: "b:1", alias: "b" }],
  };

  it("make the same resources as plain ones", async () => {
    const outputs: OllamaChatStackArgs = {
      ...plain,
      ollama: { existing: { endpoint: pulumi.output(endpoint) }, keepAlive: pulumi.output("30m") },
      model: pulumi.output("a:1"),
      modelOptions: pulumi.output({ num_predict: 7 }),
      readTimeoutSeconds: Promise.resolve(60),
      models: [{ name: pulumi.output("b:1"), alias: "b" }],
    };
    const [expected, given] = [await stackOf(plain), await stackOf(outputs)];
    // Without a name that is known beforehand, the resource in Ollama is named after the alias.
    const { "chat-ollama-model-b:1": pulled, ...others } = registered(expected);
    const { "chat-ollama-model-b": pulledByAlias, ...othersGiven } = registered(given);
    expect(pulledByAlias?.inputs.model).toBe(pulled?.inputs.model);
    const settled = JSON.stringify(others).replaceAll("chat-ollama-model-b:1", "chat-ollama-model-b");
    expect(JSON.parse(JSON.stringify(othersGiven))).toStrictEqual(JSON.parse(settled));
    expect(given.outputs).toStrictEqual(expected.outputs);
  });

  it("an endpoint that is an output opens the host's gateway where it lies on this machine, and only there", async () => {
    const hosts = async (url: string) => {
      const stack = await stackOf({ ...plain, ollama: { existing: { endpoint: pulumi.output(url) } } });
      return stack.of("chat-opensearch").inputs.hosts;
    };
    expect(await hosts("http://localhost:11434")).toStrictEqual([{ host: "host.docker.internal", ip: "host-gateway" }]);
    expect(await hosts("https://ollama.example.com")).toStrictEqual([]);
  });
});

describe("models that can't work stop in preview", () => {
  it.each<readonly [string, OllamaChatStackArgs, string]>([
    [
      "an unknown member",
      { models: [{ name: "a:1", temperature: 1 } as { name: string }] },
      "models.0.temperature is not an input. Allowed: name, alias, api, modelOptions, readTimeoutSeconds, keepAlive, deploy.",
    ],
    [
      "no name",
      { models: [{ alias: "a" } as unknown as { name: string }] },
      "models.0.name is missing: must be a model's name, such as smollm2:135m or host:5000/namespace/name:tag",
    ],
    [
      "a number",
      { models: [7 as unknown as string] },
      "models.0 is 7: must be a model's name, such as smollm2:135m or host:5000/namespace/name:tag",
    ],
    [
      "an alias that is taken",
      {
        model: "a:1",
        models: [
          { name: "b:1", alias: "b" },
          { name: "c:1", alias: "b" },
        ],
      },
      'models.1.alias is "b": must differ from the alias of every other model',
    ],
    [
      "the chat model again, with other options and no alias",
      { model: "a:1", models: [{ name: "a:1", api: "chat" }] },
      'models.0 is "a:1": must differ from the alias of every other model',
    ],
    [
      "an alias with a blank",
      { models: [{ name: "a:1", alias: "my model" }] },
      'models.0.alias is "my model": must be 1 to 100 letters, digits and . _ - : / that begin with a letter or a digit',
    ],
    [
      "an output without an alias",
      { model: "a:1", models: [{ name: pulumi.output("b:1") }] },
      "models.0.alias is missing: must be given where the name is an output",
    ],
    [
      "an unknown api",
      { models: [{ name: "a:1", api: "completions" }] },
      'models.0.api is "completions": must be one of generate, chat, openai',
    ],
    [
      "an option that OpenAI's form has no word for",
      { models: ["a:1", { name: "b:1", api: "openai", modelOptions: { num_ctx: 4096 } }] },
      "models.1.modelOptions.num_ctx is 4096: can't be sent with api openai, which knows num_predict, temperature, top_p, seed, stop, presence_penalty, frequency_penalty; take api generate or chat, or a model that is made with it",
    ],
    [
      "such an option of the stack, for a model that takes the stack's",
      { modelOptions: { num_ctx: 4096 }, models: ["a:1", { name: "b:1", api: "openai" }] },
      "modelOptions.num_ctx is 4096: can't be sent with api openai, which knows num_predict, temperature, top_p, seed, stop, presence_penalty, frequency_penalty; take api generate or chat, or a model that is made with it",
    ],
    [
      "a keepAlive that OpenAI's form has no word for",
      { models: [{ name: "b:1", api: "openai", keepAlive: "30m" }] },
      'models.0.keepAlive is "30m": can\'t be sent with api openai; give ollama.keepAlive, which the container of Ollama takes, or take api generate or chat',
    ],
    [
      "a model that makes vectors",
      { model: "a:1", models: ["all-minilm"] },
      'models.0 is "all-minilm": makes vectors and answers nothing; an OllamaRagStack is made with it, and deploy: false has it in Ollama alone',
    ],
    [
      "a chat model that makes vectors",
      { model: "nomic-embed-text:latest" },
      'model is "nomic-embed-text:latest": makes vectors and answers nothing; an OllamaRagStack is made with it',
    ],
  ])("%s is refused in the preview", async (_, args, message) => {
    await expect(stackOf({ ...both, ...args })).rejects.toThrow(
      new pulumi.RunError(`OllamaChatStack "chat": ${message}`),
    );
  });
});
