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

const secretly = (value: unknown): unknown =>
  typeof value === "string"
    ? pulumi.secret(value)
    : Object.fromEntries(Object.entries(value as object).map(([name, member]) => [name, secretly(member)]));

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

  it.each([
    ["ollamaGenerate", ollamaGenerate, plain.ollamaGenerate, native],
    ["ollamaChat", ollamaChat, plain.ollamaChat, native],
    ["ollamaEmbedding", ollamaEmbedding, plain.ollamaEmbedding, native],
    ["openAiChat", openAiChat, plain.openAiChat, openAi],
  ] as const)(
    "%s takes what a gateway asks for: only the credential holds it, and only it becomes secret",
    async (_, lifted, bare, args) => {
      const kinds = [
        [{ token: "t-1" }, { Authorization: "Bearer ${credential.token}" }, { token: "t-1" }],
        [
          { username: "ada", password: "p-1" },
          { Authorization: "Basic ${credential.basic}" },
          { basic: Buffer.from("ada:p-1").toString("base64") },
        ],
        [
          { headers: { "X-Api-Key": "k-1" } },
          { "X-Api-Key": "${credential.header_x_api_key}" },
          { header_x_api_key: "k-1" },
        ],
      ] as const;
      for (const [auth, headers, credential] of kinds) {
        const made = (bare as typeof plain.ollamaChat)({ ...args, auth });
        expect(made.actions[0]?.headers).toStrictEqual({ "Content-Type": "application/json", ...headers });
        expect(made.credential).toStrictEqual(credential);
        expect((lifted as typeof ollamaChat)({ ...args, auth })).toStrictEqual(made);
        const secret = Object.fromEntries(Object.entries(auth).map(([name, value]) => [name, secretly(value)]));
        expect(await settled((lifted as typeof ollamaChat)({ ...args, auth: secret }))).toStrictEqual({
          preset: made,
          secrets: ["credential"],
        });
        const outputs = { ...args, auth: secret, endpoint: pulumi.output(args.endpoint) };
        expect((await settled((lifted as typeof ollamaChat)(outputs))).secrets).toEqual(["credential"]);
      }
    },
  );

  it("openAiChat takes a key and a gateway's header, and refuses two for one header", () => {
    const both = openAiChat({ ...openAi, apiKey: "sk-1", auth: { headers: { "X-Team": "a-1" } } });
    expect(both.credential).toStrictEqual({ header_x_team: "a-1", api_key: "sk-1" });
    expect(() => openAiChat({ ...openAi, apiKey: "sk-1", auth: { token: "t" } })).toThrow(
      "openAiChat: auth is [secret]: give either apiKey, or auth with token or username, not both",
    );
  });

  it("an auth that is an output as a whole is refused, since it hides which headers are needed", () => {
    const auth = pulumi.secret({ token: "t" }) as unknown as { token: string };
    expect(() => ollamaChat({ ...native, auth })).toThrow(
      "auth is an output: must be an object whose members may be outputs, such as { token: secret }",
    );
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
