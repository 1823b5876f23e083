import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it, vi } from "vitest";
import type { OllamaChatStackArgs } from "../../../components/args";
import { OllamaChatStack } from "../../../components/ollama-chat-stack";
import { registeredBy } from "./mock-engine";
import { EXISTING, PASSWORD, stackOf } from "./stack-support";

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

  it("with api openai each option goes by OpenAI's word, a number that came as text as a number", async () => {
    const modelOptions = {
      num_predict: "64",
      temperature: "0.5",
      top_p: 0.9,
      seed: "1",
      stop: ["\n"],
      presence_penalty: 0,
      frequency_penalty: -0.5,
    };
    const stack = await stackOf({ ...both, api: "openai", modelOptions });
    const { inputs } = stack.of("chat-connector");
    const [action] = inputs.actions as { requestBody: string }[];
    expect(action?.requestBody).toBe(
      '{ "model": "${parameters.model}", "messages": ${parameters.messages}, "stream": false, "max_tokens": 64, "temperature": 0.5, "top_p": 0.9, "seed": 1, "stop": ["\\n"], "presence_penalty": 0, "frequency_penalty": -0.5 }',
    );
  });

  it.each(["generate", "chat"])("with api %s options that came as text are sent as what they are", async (api) => {
    const stack = await stackOf({
      ...both,
      api,
      modelOptions: { num_ctx: "2048", temperature: "0.5", use_mmap: "true" },
    });
    expect(stack.of("chat-connector").inputs).toMatchObject({
      parameters: { options: '{"num_ctx":2048,"temperature":0.5,"use_mmap":true}' },
    });
  });

  it("an option that Ollama would ignore is named in a warning, and sent", async () => {
    const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
    const models = [{ name: "b:1", modelOptions: { mirostat: 1, num_ctx: 4096 } }];
    const stack = await stackOf({ ...both, model: "a:1", modelOptions: { num_predct: 7 }, models });
    const told = (path: string) =>
      `OllamaChatStack "chat": ${path} is no option of Ollama 0.17, which ignores it. See https://github.com/ollama/ollama/blob/main/docs/modelfile.mdx for the options.`;
    expect(warn.mock.calls).toStrictEqual([
      [told("modelOptions.num_predct")],
      [told("models.0.modelOptions.mirostat")],
    ]);
    expect(stack.of("chat-connector").inputs).toMatchObject({ parameters: { options: '{"num_predct":7}' } });
    warn.mockRestore();
  });

  it.each<readonly [string | number, string, string]>([
    ["30m", "30m", '"keep_alive": "30m"'],
    ["-1", "-1", '"keep_alive": -1'],
    [-1, "-1", '"keep_alive": -1'],
    [300, "300", '"keep_alive": 300'],
    ["0", "0", '"keep_alive": 0'],
    [0, "0", '"keep_alive": 0'],
  ])("keepAlive %j reaches Ollama's container as %s and its questions as %s", async (given, env, sent) => {
    const keepAlive = given as string;
    const stack = await stackOf({ opensearch: { adminPassword: PASSWORD }, ollama: { keepAlive } });
    expect(stack.of("chat-ollama").inputs.envs).toStrictEqual(["OLLAMA_NO_CLOUD=1", `OLLAMA_KEEP_ALIVE=${env}`]);
    expect(JSON.stringify(stack.of("chat-connector").inputs.actions)).toContain(JSON.stringify(sent).slice(1, -1));
  });

  it("a list of GPUs is one request", async () => {
    const stack = await stackOf({ opensearch: { adminPassword: PASSWORD }, ollama: { gpus: "device=0,2" } });
    expect(stack.of("chat-ollama").inputs).toMatchObject({ gpus: '"device=0,2"' });
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
        adminCertificate: (args) => ({ ...args, validityDays: 90 }),
        adminPassword: (args) => ({ ...args, timeouts: { createSeconds: 90 } }),
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
      "chat-admin-tls": { validityDays: 90 },
      "chat-admin-password": { timeouts: { createSeconds: 90 } },
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
    [
      { ...ok, model: "" },
      'model is "": must be a model\'s name, such as smollm2:135m or host:5000/namespace/name:tag',
    ],
    [
      { ...ok, model: "two words" },
      'model is "two words": must be a model\'s name, such as smollm2:135m or host:5000/namespace/name:tag',
    ],
    [
      { ...ok, models: ["a", ""] },
      'models.1 is "": must be a model\'s name, such as smollm2:135m or host:5000/namespace/name:tag',
    ],
    [{ ...ok, api: "completions" }, 'api is "completions": must be one of generate, chat, openai'],
    [{ ...ok, readTimeoutSeconds: 0 }, "readTimeoutSeconds is 0: must be 1 or more"],
    [
      { ...ok, publishAddress: "localhost" },
      'publishAddress is "localhost": must be an IP address of the Docker host, such as 127.0.0.1, or 0.0.0.0 for all that it has',
    ],
    [
      { ...ok, publishAddress: "fe80::1" },
      'publishAddress is "fe80::1": must be an IP address of the Docker host, such as 127.0.0.1, or 0.0.0.0 for all that it has',
    ],
    [
      { opensearch: { adminPassword: PASSWORD, port: 70000 } },
      "opensearch.port is 70000: must be a port from 1 to 65535",
    ],
    [
      { opensearch: { adminPassword: PASSWORD, heap: "1 GB" } },
      'opensearch.heap is "1 GB": must be a size for Java\'s -Xmx, such as 1g or 512m, from 64m to 1024g',
    ],
    [
      { opensearch: { adminPassword: PASSWORD, image: "" } },
      'opensearch.image is "": must be an image such as ollama/ollama:0.17.4',
    ],
    [{ ...ok, ollama: { port: 0 } }, "ollama.port is 0: must be a port from 1 to 65535"],
    [{ ...ok, ollama: { port: Number.NaN } }, "ollama.port is NaN: must be a port from 1 to 65535"],
    [{ ...ok, ollama: { port: 1e99 } }, "ollama.port is 1e+99: must be a port from 1 to 65535"],
    [{ ...ok, ollama: { port: 9200n } }, 'ollama.port is "9200": must be a port from 1 to 65535'],
    [{ opensearch: { adminPassword: 12345678 } }, "opensearch.adminPassword is [secret]: must be text"],
    [
      { ...ok, readiness: { pullSeconds: Number.POSITIVE_INFINITY } },
      "readiness.pullSeconds is Infinity: must be a number of seconds",
    ],
    [
      { ...ok, readiness: { modelSeconds: 1e9 } },
      "readiness.modelSeconds is 1000000000: must be 2147483 (24 days) at most",
    ],
    [
      { ...ok, ollama: { keepAlive: "5 minutes" } },
      'ollama.keepAlive is "5 minutes": must be a duration with its unit, such as "30s", "5m" or "24h", a whole number of seconds, or "-1" for ever',
    ],
    [
      { ...ok, ollama: { gpus: "none" } },
      'ollama.gpus is "none": must be "all", a number of GPUs, or devices by number or id, such as "device=0,2"',
    ],
    [
      { ...ok, ollama: { image: "Ollama/Ollama" } },
      'ollama.image is "Ollama/Ollama": must be an image such as ollama/ollama:0.17.4',
    ],
    [{ ...ok, modelOptions: { num_predict: "many" } }, 'modelOptions.num_predict is "many": must be a whole number'],
    [{ ...ok, models: "a" }, 'models is "a": must be a list of models'],
    [{ ...ok, model: "m\ud800" }, 'model is "m\\ud800": must not hold half of a surrogate pair'],
    [
      { ...ok, api: "openai", modelOptions: { num_predict: 8, num_thread: 1, num_ctx: 2048 } },
      ["num_thread is 1", "num_ctx is 2048"]
        .map(
          (told) =>
            `modelOptions.${told}: can't be sent with api openai, which knows num_predict, temperature, top_p, seed, stop, presence_penalty, frequency_penalty; take api generate or chat, or a model that is made with it`,
        )
        .join("; "),
    ],
    [
      { ...ok, api: "openai", ollama: { existing: { endpoint: "http://gpu:11434" }, keepAlive: "5m" } },
      'ollama.keepAlive is "5m": can\'t be sent with api openai to an Ollama that exists; set OLLAMA_KEEP_ALIVE there, or take api generate or chat',
    ],
    [
      { ...ok, ollama: { existing: { endpoint: "http://u:pa55word@gpu:11434" } } },
      'ollama.existing.endpoint is "http://[secret]@gpu:11434": must be an http:// or https:// URL of a server, without blanks, user, ? or #, such as https://localhost:9200',
    ],
    [
      { ...ok, ollama: { endpointForOpenSearch: "u:pa55word@gpu:11434" } },
      'ollama.endpointForOpenSearch is "[secret]@gpu:11434": must be an http:// or https:// URL of a server, without blanks, user, ? or #, such as https://localhost:9200',
    ],
    [
      { ...ok, ollama: { existing: { endpoint: "localhost:11434" } } },
      'ollama.existing.endpoint is "localhost:11434": must begin with http:// or https://, as in http://localhost:11434',
    ],
    [
      { ...ok, api: "x", ollama: { port: 0 } },
      'api is "x": must be one of generate, chat, openai; ollama.port is 0: must be a port from 1 to 65535',
    ],
  ])("is refused in the preview: $1", async (args, message) => {
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
