import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import type { OllamaChatStackArgs } from "../../../components/args";
import { OllamaChatStack } from "../../../components/ollama-chat-stack";
import { registeredBy } from "./mock-engine";
import { EXISTING, OURS, PASSWORD, stackOf } from "./stack-support";

describe("arguments", () => {
  const both = { opensearch: { existing: EXISTING }, ollama: { existing: { endpoint: "http://localhost:11434" } } };

  it.each([
    ["generate", "/api/generate", ["prompt"]],
    ["chat", "/api/chat", ["messages"]],
    ["openai", "/v1/chat/completions", ["messages"]],
  ])("api %s asks %s", async (api, path, predictParameters) => {
    const stack = await stackOf({ ...both, api, modelOptions: { num_predict: 7, temperature: 0.5 } });
    const { inputs } = stack.of("chat-connector");
    expect(inputs).toMatchObject({ actions: [{ url: `http://localhost:11434${path}` }], predictParameters });
    expect(JSON.stringify(inputs)).toContain("7");
    expect(stack.outputs).toMatchObject({ api });
  });

  it("further models are had in Ollama, each once, and not registered in OpenSearch", async () => {
    const stack = await stackOf({ ...both, model: "a:1", models: ["b:2", "a:1", "b:2"] });
    const models = [...stack.resources.values()].filter(({ type }) => type === `${OURS}OllamaModel`);
    expect(models.map(({ name, inputs }) => [name, inputs.model])).toStrictEqual([
      ["chat-ollama-model", "a:1"],
      ["chat-ollama-model-b:2", "b:2"],
    ]);
    expect(stack.outputs).toMatchObject({ chatModel: "a:1" });
  });

  it("ports, heap, images, GPUs and kept volumes reach the containers", async () => {
    const stack = await stackOf({
      publishAddress: "0.0.0.0",
      opensearch: { adminPassword: PASSWORD, port: 9201, heap: "2g", image: "my/opensearch:1", retainData: true },
      ollama: { port: 11435, image: "my/ollama:1", gpus: "all", keepAlive: "30m", retainModels: true },
    });
    expect(stack.of("chat-ollama").inputs).toMatchObject({
      ports: [{ internal: 11434, external: 11435, ip: "0.0.0.0" }],
      gpus: "all",
      envs: ["OLLAMA_NO_CLOUD=1", "OLLAMA_KEEP_ALIVE=30m"],
    });
    expect(stack.of("chat-opensearch").inputs).toMatchObject({
      ports: [{ internal: 9200, external: 9201, ip: "0.0.0.0" }],
    });
    expect(JSON.stringify(stack.of("chat-opensearch").inputs.envs)).toContain("-Xms2g -Xmx2g");
    expect(stack.of("chat-ollama-image").inputs).toMatchObject({ name: "my/ollama:1" });
    expect(stack.of("chat-opensearch-image").inputs).toMatchObject({ name: "my/opensearch:1" });
    expect(stack.of("chat-ollama-volume").retainOnDelete).toBe(true);
    expect(stack.of("chat-opensearch-volume").retainOnDelete).toBe(true);
    // Inside the network the port is always the same.
    expect(stack.of("chat-connector").inputs).toMatchObject({ actions: [{ url: "http://ollama:11434/api/generate" }] });
    expect(stack.outputs).toMatchObject({
      opensearchEndpoint: "https://localhost:9201",
      ollamaEndpoint: "http://localhost:11435",
    });
  });

  it("volumes go with the stack unless told otherwise", async () => {
    const stack = await stackOf({ opensearch: { adminPassword: PASSWORD } });
    expect(stack.of("chat-ollama-volume").retainOnDelete).toBe(false);
    expect(stack.of("chat-opensearch-volume").retainOnDelete).toBe(false);
  });

  it("further settings are written beside our own", async () => {
    const stack = await stackOf({ ...both, settings: { "plugins.ml_commons.max_ml_task_per_node": 20 } });
    expect(stack.of("chat-settings").inputs.settings).toMatchObject({
      "plugins.ml_commons.connector.private_ip_enabled": true,
      "plugins.ml_commons.max_ml_task_per_node": 20,
    });
  });

  it("waits are as long as they are told to be", async () => {
    const readiness = { openSearchSeconds: 11, ollamaSeconds: 12, pullSeconds: 13, modelSeconds: 14 };
    const stack = await stackOf({ opensearch: { adminPassword: PASSWORD }, readiness });
    const health = (part: string) => stack.of(`chat-${part}-health`).inputs.timeouts;
    expect(health("opensearch")).toStrictEqual({ createSeconds: 11, updateSeconds: 11 });
    expect(health("ollama")).toStrictEqual({ createSeconds: 12, updateSeconds: 12 });
    expect(stack.of("chat-ollama-model").inputs.timeouts).toStrictEqual({ createSeconds: 13 });
    expect(stack.of("chat-model").inputs.timeouts).toStrictEqual({ createSeconds: 14 });
  });

  it.each(["network", "volume", "ollamaContainer", "openSearchContainer"] as const)(
    "an error in the transform of %s names the transform, however deep it was thrown",
    async (child) => {
      const deep = () => {
        throw new Error("a mistake of the program");
      };
      function ofTheProgram(): never {
        return deep() as never;
      }
      const args = { opensearch: { adminPassword: PASSWORD }, transform: { [child]: ofTheProgram } };
      const error = await stackOf(args).catch((problem: unknown) => problem);
      expect((error as Error).stack).toContain("ofTheProgram [as ");
    },
  );

  it("a transform has the last word on each child", async () => {
    const stack = await stackOf({
      opensearch: { adminPassword: PASSWORD },
      transform: {
        network: (args) => ({ ...args, driver: "bridge" }),
        volume: (args) => ({ ...args, driver: "local" }),
        ollamaContainer: (args) => ({ ...args, memory: 4096 }),
        openSearchContainer: (args) => ({ ...args, memory: 2048 }),
        tlsCertificate: (args) => ({ ...args, dnsNames: ["localhost", "search.local"] }),
        containerHealth: (args) => ({ ...args, dockerHost: "tcp://docker:2375" }),
        ollamaModel: (args) => ({ ...args, warmUp: true }),
        clusterSetting: (args) => ({ ...args, restoreOnDelete: "keep" }),
        modelGroup: (args) => ({ ...args, name: "my group" }),
        connector: (args) => ({ ...args, description: "my connector" }),
        deployedModel: (args) => ({ ...args, description: "my model" }),
      },
    });
    const seen = {
      "chat-network": { driver: "bridge" },
      "chat-ollama-volume": { driver: "local" },
      "chat-opensearch-volume": { driver: "local" },
      "chat-ollama": { memory: 4096 },
      "chat-opensearch": { memory: 2048 },
      "chat-tls": { dnsNames: ["localhost", "search.local"] },
      "chat-ollama-health": { dockerHost: "tcp://docker:2375" },
      "chat-opensearch-health": { dockerHost: "tcp://docker:2375" },
      "chat-ollama-model": { warmUp: true },
      "chat-settings": { restoreOnDelete: "keep" },
      "chat-group": { name: "my group" },
      "chat-connector": { description: "my connector" },
      "chat-model": { description: "my model" },
    };
    for (const [name, inputs] of Object.entries(seen)) expect(stack.of(name).inputs).toMatchObject(inputs);
  });
});

describe("wrong arguments stop before anything is registered", () => {
  const ok = { opensearch: { adminPassword: PASSWORD } };

  it.each([
    [
      {},
      "opensearch.adminPassword is missing: OpenSearch starts with TLS and a password of your own. Give it as a secret, or give opensearch.existing.",
    ],
    [
      { opensearch: { adminPassword: "short" } },
      "opensearch.adminPassword can't be used: it has fewer than 8 characters. It must have 8 to 100 ASCII characters, with upper and lower case, a digit and a special character, and be hard to guess, or OpenSearch refuses it or lets nobody in.",
    ],
    [{ ...ok, model: "" }, 'model is "": must be a model\'s name and tag, such as smollm2:135m'],
    [{ ...ok, model: "two words" }, 'model is "two words": must be a model\'s name and tag, such as smollm2:135m'],
    [{ ...ok, models: ["a", ""] }, 'models.1 is "": must be a model\'s name and tag, such as smollm2:135m'],
    [{ ...ok, api: "completions" }, 'api is "completions": must be one of generate, chat, openai'],
    [{ ...ok, readTimeoutSeconds: 0 }, "readTimeoutSeconds is 0: must be above 0"],
    [
      { ...ok, publishAddress: "localhost" },
      'publishAddress is "localhost": must be an IP address of this machine, such as 127.0.0.1, or 0.0.0.0 for all that it has',
    ],
    [
      { ...ok, publishAddress: "fe80::1" },
      'publishAddress is "fe80::1": must be an IP address of this machine, such as 127.0.0.1, or 0.0.0.0 for all that it has',
    ],
    [
      { opensearch: { adminPassword: PASSWORD, port: 70000 } },
      "opensearch.port is 70000: must be a port from 1 to 65535",
    ],
    [
      { opensearch: { adminPassword: PASSWORD, heap: "1 GB" } },
      'opensearch.heap is "1 GB": must be a size for Java\'s -Xmx, such as 1g or 512m',
    ],
    [
      { opensearch: { adminPassword: PASSWORD, image: "" } },
      'opensearch.image is "": must be an image such as ollama/ollama:0.17.4',
    ],
    [{ ...ok, ollama: { port: 0 } }, "ollama.port is 0: must be a port from 1 to 65535"],
    [
      { ...ok, ollama: { existing: { endpoint: "localhost:11434" } } },
      'ollama.existing.endpoint is "localhost:11434": must be an http:// or https:// URL of a server, without blanks, user, ? or #, such as https://localhost:9200',
    ],
    [
      { ...ok, api: "x", ollama: { port: 0 } },
      'api is "x": must be one of generate, chat, openai; ollama.port is 0: must be a port from 1 to 65535',
    ],
  ])("(%#)", async (args, message) => {
    let failure: unknown;
    const { resources } = await registeredBy(() => {
      try {
        return new OllamaChatStack("chat", args as OllamaChatStackArgs);
      } catch (error) {
        failure = error;
        return { outputs: () => ({}) } as unknown as OllamaChatStack;
      }
    });
    expect(pulumi.RunError.isInstance(failure)).toBe(true);
    expect(failure).toHaveProperty("message", `OllamaChatStack "chat": ${message}`);
    expect([...resources.keys()].filter((name) => name !== "chat")).toStrictEqual([]);
  });
});
