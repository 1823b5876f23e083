import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import {
  type ConnectorPresetInputs,
  ollamaChat,
  ollamaEmbedding,
  ollamaGenerate,
  openAiChat,
  trustedEndpointRegex,
} from "../../../../providers/connector/preset-inputs";
import * as plain from "../../../../providers/connector/presets";

const promised = <T>(value: pulumi.Input<T>) =>
  new Promise<T>((resolve) => pulumi.output(value).apply((known) => resolve(known as T)));

/** The members once they are known, and which of them are secrets. */
async function settled(preset: ConnectorPresetInputs) {
  const entries = Object.entries(preset);
  const values = await Promise.all(entries.map(async ([name, value]) => [name, await promised(value)] as const));
  const marks = await Promise.all(
    entries.map(async ([name, value]) => ((await pulumi.isSecret(pulumi.output(value))) ? name : "")),
  );
  return { preset: Object.fromEntries(values), secrets: marks.filter((name) => name !== "") };
}

const native = { endpoint: "http://ollama:11434", model: "a:1", options: { num_predict: 7 }, keepAlive: "30m" };
const openAi = { endpoint: "https://api.example.com/v1", model: "large", maxTokens: 7 };

describe("presets from inputs", () => {
  it.each([
    ["ollamaGenerate", ollamaGenerate, plain.ollamaGenerate],
    ["ollamaChat", ollamaChat, plain.ollamaChat],
    ["ollamaEmbedding", ollamaEmbedding, plain.ollamaEmbedding],
  ] as const)("%s builds from outputs what it builds from plain values, which stay plain", async (_, lifted, bare) => {
    expect(lifted(native)).toStrictEqual(bare(native));
    const outputs = { ...native, endpoint: pulumi.output(native.endpoint), model: Promise.resolve("a:1") };
    expect(await settled(lifted(outputs))).toStrictEqual({ preset: bare(native), secrets: [] });
  });

  it("openAiChat takes a secret key, and nothing but the credential becomes a secret with it", async () => {
    const made = openAiChat({ ...openAi, apiKey: pulumi.secret("sk-1") });
    expect(made.actions).toStrictEqual(plain.openAiChat({ ...openAi, apiKey: "" }).actions);
    expect(await settled(made)).toStrictEqual({
      preset: plain.openAiChat({ ...openAi, apiKey: "sk-1" }),
      secrets: ["credential"],
    });
  });

  it("openAiChat takes outputs beside the key", async () => {
    const made = openAiChat({ ...openAi, model: pulumi.output("large"), apiKey: pulumi.secret("sk-1") });
    expect(await settled(made)).toStrictEqual({
      preset: plain.openAiChat({ ...openAi, apiKey: "sk-1" }),
      secrets: ["credential"],
    });
  });

  it("openAiChat without a key names no credential", async () => {
    expect(openAiChat(openAi)).toStrictEqual(plain.openAiChat(openAi));
  });

  it("what is secret stays secret", async () => {
    const made = ollamaChat({ ...native, endpoint: pulumi.secret(native.endpoint) });
    expect((await settled(made)).secrets).toContain("actions");
  });

  it("trustedEndpointRegex takes the URL of a resource", async () => {
    const regex = trustedEndpointRegex(pulumi.output("http://ollama:11434/api/chat"));
    expect(await promised(regex)).toBe("^http://ollama:11434/api/chat$");
  });
});
