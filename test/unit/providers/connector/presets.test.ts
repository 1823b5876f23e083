import { describe, expect, it } from "vitest";
import {
  type ConnectorPreset,
  ollamaChat,
  ollamaEmbedding,
  ollamaGenerate,
  openAiChat,
} from "../../../../providers/connector/presets";
import { lintAction } from "../../../../providers/connector/template";
import { ProgramError } from "../../../../providers/shared/program-error";

const OLLAMA = { endpoint: "http://ollama:11434", model: "smollm2:135m" };
const JSON_HEADERS = { "Content-Type": "application/json" };

const FULL: readonly (readonly [string, ConnectorPreset])[] = [
  ["ollamaGenerate", ollamaGenerate(OLLAMA)],
  ["ollamaGenerate with options", ollamaGenerate({ ...OLLAMA, options: { num_predict: 4 }, keepAlive: "30m" })],
  ["ollamaChat", ollamaChat(OLLAMA)],
  ["ollamaChat with options", ollamaChat({ ...OLLAMA, options: { stop: ['"'] }, keepAlive: "-1" })],
  ["ollamaEmbedding", ollamaEmbedding({ ...OLLAMA, keepAlive: "5m" })],
  ["openAiChat", openAiChat(OLLAMA)],
  ["openAiChat with a key", openAiChat({ ...OLLAMA, apiKey: "k-1", maxTokens: 64, temperature: 0.2 })],
];

describe("presets", () => {
  it("ollamaGenerate asks /api/generate for one text", () => {
    expect(ollamaGenerate(OLLAMA)).toStrictEqual({
      protocol: "http",
      version: 1,
      // What OpenSearch's RAG processor calls it.
      parameters: { model: "smollm2:135m", options: "{}", prompt: "${parameters.inputs}" },
      actions: [
        {
          actionType: "predict",
          method: "POST",
          headers: JSON_HEADERS,
          url: "http://ollama:11434/api/generate",
          requestBody:
            '{ "model": "${parameters.model}", "prompt": "${parameters.prompt}", "stream": false, "truncate": ${parameters.truncate:-false}, "options": ${parameters.options} }',
        },
      ],
      clientConfig: { readTimeoutSeconds: 300 },
      predictParameters: ["prompt"],
    });
  });

  it("ollamaChat asks /api/chat with a list of messages", () => {
    const options = { num_predict: 256, temperature: 0.2 };
    expect(ollamaChat({ ...OLLAMA, options, keepAlive: "30m", readTimeoutSeconds: 60 })).toStrictEqual({
      protocol: "http",
      version: 1,
      parameters: { model: "smollm2:135m", options: '{"num_predict":256,"temperature":0.2}' },
      actions: [
        {
          actionType: "predict",
          method: "POST",
          headers: JSON_HEADERS,
          url: "http://ollama:11434/api/chat",
          requestBody:
            '{ "model": "${parameters.model}", "messages": ${parameters.messages}, "stream": false, "truncate": ${parameters.truncate:-false}, "keep_alive": "30m", "options": ${parameters.options} }',
        },
      ],
      clientConfig: { readTimeoutSeconds: 60 },
      predictParameters: ["messages"],
    });
  });

  it("ollamaEmbedding asks /api/embed with the pair of functions that fits its answer", () => {
    expect(ollamaEmbedding(OLLAMA)).toStrictEqual({
      protocol: "http",
      version: 1,
      parameters: { model: "smollm2:135m", truncate: "true" },
      actions: [
        {
          actionType: "predict",
          method: "POST",
          headers: JSON_HEADERS,
          url: "http://ollama:11434/api/embed",
          requestBody:
            '{ "model": "${parameters.model}", "input": ${parameters.input}, "truncate": ${parameters.truncate} }',
          preProcessFunction: "connector.pre_process.openai.embedding",
          postProcessFunction: "connector.post_process.cohere.embedding",
        },
      ],
      clientConfig: { readTimeoutSeconds: 300 },
      predictParameters: ["input"],
    });
  });

  it("openAiChat asks /v1/chat/completions, with the key as a credential only", () => {
    const preset = openAiChat({
      ...OLLAMA,
      endpoint: "https://api.example.com/",
      apiKey: "k-1",
      maxTokens: 64,
      temperature: 0,
    });
    expect(preset).toStrictEqual({
      protocol: "http",
      version: 1,
      parameters: { model: "smollm2:135m" },
      actions: [
        {
          actionType: "predict",
          method: "POST",
          headers: { ...JSON_HEADERS, Authorization: "Bearer ${credential.api_key}" },
          url: "https://api.example.com/v1/chat/completions",
          requestBody:
            '{ "model": "${parameters.model}", "messages": ${parameters.messages}, "stream": false, "max_tokens": 64, "temperature": 0 }',
        },
      ],
      clientConfig: { readTimeoutSeconds: 300 },
      predictParameters: ["messages"],
      credential: { api_key: "k-1" },
    });
  });

  it("openAiChat without a key sends no authorization and holds no credential", () => {
    const preset = openAiChat(OLLAMA);
    expect(preset.actions[0]?.headers).toStrictEqual(JSON_HEADERS);
    expect(preset).not.toHaveProperty("credential");
  });

  it("openAiChat sends what OpenAI has a word for, in a form that passes the lint", () => {
    const more = { topP: 0.9, seed: 1, stop: ["\n", 'a"b'], presencePenalty: 0, frequencyPenalty: -1 };
    const preset = openAiChat({ ...OLLAMA, ...more });
    expect(preset.actions[0]?.requestBody).toBe(
      '{ "model": "${parameters.model}", "messages": ${parameters.messages}, "stream": false, "top_p": 0.9, "seed": 1, "stop": ["\\n","a\\"b"], "presence_penalty": 0, "frequency_penalty": -1 }',
    );
    const { parameters, predictParameters } = preset;
    for (const action of preset.actions) {
      expect(lintAction(action, { parameters, predictParameters, credential: {} })).toStrictEqual([]);
    }
  });

  it.each<readonly [string | number, string]>([
    ["-1", '"keep_alive": -1'],
    [-1, '"keep_alive": -1'],
    [300, '"keep_alive": 300'],
    ["0", '"keep_alive": 0'],
    ["300", '"keep_alive": 300'],
    ["30m", '"keep_alive": "30m"'],
    ["1h30m", '"keep_alive": "1h30m"'],
  ])("keepAlive %s is sent as %s", (keepAlive, sent) => {
    expect(ollamaGenerate({ ...OLLAMA, keepAlive }).actions[0]?.requestBody).toContain(sent);
  });

  it.each(FULL)("%s passes its own lint", (_name, preset) => {
    const { parameters, predictParameters, credential = {} } = preset;
    const findings = preset.actions.flatMap((action) =>
      lintAction(action, { parameters, predictParameters, credential }),
    );
    expect(findings).toStrictEqual([]);
  });

  it.each(FULL)("%s writes its read timeout, since the server's default differs by version", (_name, preset) => {
    expect(preset.clientConfig.readTimeoutSeconds).toBe(300);
  });
});

describe("endpoints of presets", () => {
  const urlOf = (preset: ConnectorPreset) => preset.actions[0]?.url;
  const openAi = (endpoint: string) => openAiChat({ ...OLLAMA, endpoint, apiKey: "k" });

  it.each([
    ["https://api.example.com", "https://api.example.com/v1/chat/completions"],
    ["https://api.example.com/", "https://api.example.com/v1/chat/completions"],
    ["https://api.example.com/v1", "https://api.example.com/v1/chat/completions"],
    ["https://api.example.com/v1/", "https://api.example.com/v1/chat/completions"],
    ["HTTPS://API.Example.com/openai", "https://api.example.com/openai/v1/chat/completions"],
    ["https://api.example.com/v1beta/openai/", "https://api.example.com/v1beta/openai/chat/completions"],
    ["https://api.example.com/api/v3", "https://api.example.com/api/v3/chat/completions"],
    ["https://api.example.com/v1/chat/completions", "https://api.example.com/v1/chat/completions"],
    ["https://api.example.com/v1?team=a", "https://api.example.com/v1/chat/completions?team=a"],
    ["https://api.example.com?", "https://api.example.com/v1/chat/completions"],
    [
      "https://n.openai.azure.com/openai/deployments/gpt?api-version=2024-10-21",
      "https://n.openai.azure.com/openai/deployments/gpt/chat/completions?api-version=2024-10-21",
    ],
    [
      "https://n.openai.azure.com/openai/v1/?api-version=preview",
      "https://n.openai.azure.com/openai/v1/chat/completions?api-version=preview",
    ],
  ])("openAiChat asks %s at %s", (endpoint, url) => {
    expect(urlOf(openAi(endpoint))).toBe(url);
  });

  it("Azure is sent the key in its own header", () => {
    const { headers } = openAi("https://n.openai.azure.com/openai/deployments/g?api-version=1").actions[0] ?? {};
    expect(headers).toStrictEqual({ ...JSON_HEADERS, "api-key": "${credential.api_key}" });
  });

  it.each([
    ["api.example.com", "must be the base URL of an API in OpenAI's form, such as https://api.example.com/v1"],
    [
      "https://api.example.com/v1#a",
      "must be the base URL of an API in OpenAI's form, such as https://api.example.com/v1",
    ],
    [
      "https://n.openai.azure.com?api-version=2024-10-21",
      "must name the deployment where it has an api-version, such as https://name.openai.azure.com/openai/deployments/gpt?api-version=2024-10-21",
    ],
  ])("openAiChat takes no %s", (endpoint, rule) => {
    expect(() => openAi(endpoint)).toThrow(new ProgramError(`openAiChat: endpoint is "${endpoint}": ${rule}`));
  });

  it.each(Object.entries({ ollamaGenerate, ollamaChat, ollamaEmbedding }))(
    "%s takes Ollama's address alone",
    (_, preset) => {
      expect(urlOf(preset({ ...OLLAMA, endpoint: "HTTP://Ollama:11434//" }))).toMatch(
        /^http:\/\/ollama:11434\/api\/\w+$/,
      );
      expect(urlOf(preset({ ...OLLAMA, endpoint: "https://proxy/ollama/" }))).toMatch(
        /^https:\/\/proxy\/ollama\/api\//,
      );
      expect(() => preset({ ...OLLAMA, endpoint: "http://ollama:11434/api" })).toThrow(
        'endpoint is "http://ollama:11434/api": must be the server\'s address alone, without /api, which is added to each request',
      );
      expect(() => preset({ ...OLLAMA, endpoint: "http://u:pa55@ollama" })).toThrow(
        'endpoint is "http://[secret]@ollama"',
      );
    },
  );
});
