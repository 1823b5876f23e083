import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import * as lib from "../../../lib";

/** What a program in JavaScript, or one that casts, may pass. */
const unsafe = lib as unknown as Record<string, (...args: unknown[]) => unknown>;
const made = (kind: string, args: unknown) => () =>
  new (unsafe[kind] as unknown as new (name: string, args: unknown) => unknown)(`a-${kind}`, args);

beforeAll(() => {
  void pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => ({ id: `${name}-id`, state: inputs as object }),
    call: () => ({}),
  });
});

const URL_RULE = "must be the base URL of a model server, such as http://ollama:11434";
const BASE_RULE =
  "must be an http:// or https:// URL of a server, without blanks, user, ? or #, such as https://localhost:9200";
const MODEL_RULE = "must be a model's name, such as smollm2:135m";
const OLLAMA = { endpoint: "http://ollama:11434", model: "m" };

describe("a mistake in a program is told without a stack, by what is wrong and what is right", () => {
  it.each([
    ["ollamaGenerate", undefined, `ollamaGenerate: endpoint is missing: ${URL_RULE}; model is missing: ${MODEL_RULE}`],
    ["ollamaChat", { ...OLLAMA, endpoint: "foo" }, `ollamaChat: endpoint is "foo": ${BASE_RULE}`],
    ["ollamaChat", { ...OLLAMA, endpoint: "http:u:pa55@h" }, `ollamaChat: endpoint is "[secret]@h": ${BASE_RULE}`],
    ["ollamaChat", { ...OLLAMA, model: 5 }, `ollamaChat: model is 5: ${MODEL_RULE}`],
    [
      "ollamaEmbedding",
      { ...OLLAMA, keepAlive: "soon" },
      'ollamaEmbedding: keepAlive is "soon": must be a duration with its unit, such as "30s", "5m" or "24h", a whole number of seconds, or "-1" for ever',
    ],
    [
      "ollamaGenerate",
      { ...OLLAMA, options: { num_ctx: "many" } },
      'ollamaGenerate: options.num_ctx is "many": must be a whole number',
    ],
    ["openAiChat", { ...OLLAMA, endpoint: 7 }, `openAiChat: endpoint is 7: ${URL_RULE}`],
    ["openAiChat", { ...OLLAMA, maxTokens: "64" }, 'openAiChat: maxTokens is "64": must be a number'],
    [
      "openAiChat",
      undefined,
      "openAiChat: endpoint is missing: must be the base URL of a model server, such as http://ollama:11434; model is missing: must be a model's name, such as smollm2:135m",
    ],
    ["openAiChat", { ...OLLAMA, apiKey: 5 }, "openAiChat: apiKey is [secret]: must be a text"],
    ["trustedEndpointRegex", undefined, "url is missing: must be a URL of a model server"],
    ["promptText", undefined, "promptText: text is missing: must be a text"],
  ])("%s(%j)", (name, args, message) => {
    const failure = thrownBy(() => unsafe[name]?.(args));
    expect(failure.message).toBe(message);
    expect(pulumi.RunError.isInstance(failure)).toBe(true);
  });

  it.each([undefined, null, {}])("a RAG stack of %j", (args) => {
    const failure = thrownBy(made("OllamaRagStack", args));
    expect(failure.message).toBe(
      'OllamaRagStack "a-OllamaRagStack": chat is missing: must be the OllamaChatStack whose servers are used',
    );
    expect(pulumi.RunError.isInstance(failure)).toBe(true);
  });

  it.each([
    "ClusterSetting",
    "Connector",
    "DeployedModel",
    "ModelGroup",
    "OllamaModel",
    "SearchIndex",
    "TlsCertificate",
  ])("%s hands what is missing to the check of its provider", (kind) => {
    for (const args of [undefined, null, {}, { connection: null }, { connection: "http://a" }]) made(kind, args)();
  });

  it("an answer that is none has no text", () => {
    for (const answer of [undefined, null, {}, { inference_results: [] }])
      expect(unsafe.answerText?.(answer)).toBeUndefined();
  });
});

function thrownBy(call: () => unknown): Error {
  try {
    call();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  return expect.unreachable("nothing was thrown");
}
