import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { OllamaChatStack } from "../../../components/ollama-chat-stack";
import { OllamaRagStack } from "../../../components/ollama-rag-stack";
import { registeredBy } from "./mock-engine";
import { EXISTING, stackOf } from "./stack-support";

const ENDPOINT = "https://gw.example.com/ollama";
const auth = { token: pulumi.secret("gateway-token"), headers: { "X-Team": "a" } };
const ollama = { existing: { endpoint: ENDPOINT, auth } };
const CREDENTIAL = { secret: { token: { secret: "gateway-token" }, header_x_team: { secret: "a" } } };
const HEADERS = {
  "Content-Type": "application/json",
  "X-Team": "${credential.header_x_team}",
  Authorization: "Bearer ${credential.token}",
};

describe("an Ollama behind a gateway, under a path", () => {
  it.each([
    ["generate", "/api/generate"],
    ["chat", "/api/chat"],
    ["openai", "/v1/chat/completions"],
  ])("with api %s is called at its path; the secrets stand in the credential alone", async (api, path) => {
    const stack = await stackOf({ opensearch: { existing: EXISTING }, ollama, api, models: ["a:1"] });
    for (const name of ["chat-connector", "chat-connector-a:1"].filter((one) => stack.resources.has(one))) {
      const { actions, credential } = stack.of(name).inputs;
      expect(actions).toMatchObject([{ url: `${ENDPOINT}${path}`, headers: HEADERS }]);
      expect(credential).toStrictEqual(CREDENTIAL);
    }
    const trusted = `^https://gw\\.example\\.com/ollama${path.replaceAll(".", "\\.")}$`;
    expect(stack.of("chat-settings").inputs.settings).toEqual({
      "plugins.ml_commons.trusted_connector_endpoints_regex": [trusted],
    });
    const { inputs } = stack.of("chat-ollama-model");
    expect(inputs).toMatchObject({
      endpoint: ENDPOINT,
      auth: { token: { secret: "gateway-token" }, headers: { "X-Team": { secret: "a" } } },
    });
  });

  it("is known to the stack's clients: by its headers, a secret", async () => {
    const stack = await stackOf({ opensearch: { existing: EXISTING }, ollama });
    expect(stack.outputs.ollamaHeaders).toStrictEqual({ "X-Team": "a", Authorization: "Bearer gateway-token" });
    expect(stack.secretOutputs).toContain("ollamaHeaders");
  });

  it("makes vectors for a retrieval stack in the same way", async () => {
    const made = await registeredBy(() => {
      const chat = new OllamaChatStack("chat", { opensearch: { existing: EXISTING }, ollama });
      return new OllamaRagStack("rag", { chat });
    });
    expect(made.resources.get("rag-connector")?.inputs).toMatchObject({
      actions: [{ url: `${ENDPOINT}/api/embed`, headers: HEADERS }],
      credential: CREDENTIAL,
    });
    expect(made.resources.get("rag-embedding-model")?.inputs).toMatchObject({
      auth: { token: { secret: "gateway-token" } },
    });
  });

  it.each([
    [{ token: "a b" }, "ollama.existing.auth.token is [secret]: must be a token without blanks, in ASCII"],
    [{ bearer: "x" }, "ollama.existing.auth.bearer is not an input. Allowed: token, username, password, headers."],
    [{ username: "ada" }, 'ollama.existing.auth.username is "ada": username and password go together'],
    [
      { headers: { Host: "x" } },
      "ollama.existing.auth.headers.Host is [secret]: must be another header: accept, connection, content-length, content-type, host, transfer-encoding, user-agent are set by the clients themselves",
    ],
  ])("is refused in the preview with a wrong auth: %j", async (wrong, problem) => {
    const existing = { endpoint: ENDPOINT, auth: wrong as object };
    await expect(stackOf({ opensearch: { existing: EXISTING }, ollama: { existing } })).rejects.toThrow(
      `OllamaChatStack "chat": ${problem}`,
    );
  });
});

describe("a managed domain of AWS", () => {
  const aws = { region: "eu-central-1", accessKeyId: "AKID", secretAccessKey: "aws-secret", sessionToken: "aws-token" };
  const existing = { endpoint: "https://search.example.com", aws };

  it("is asked with signed requests by every resource, with secret keys", async () => {
    const stack = await stackOf({ opensearch: { existing }, ollama });
    const signed = { ...aws, secretAccessKey: { secret: "aws-secret" }, sessionToken: { secret: "aws-token" } };
    for (const name of ["chat-settings", "chat-group", "chat-connector", "chat-model"]) {
      expect(stack.of(name).inputs.connection).toStrictEqual({ endpoint: existing.endpoint, aws: signed });
    }
  });

  it("is known to the stack's clients: region, service and, where they are given, the keys as secrets", async () => {
    const stack = await stackOf({ opensearch: { existing }, ollama });
    expect(stack.outputs).toMatchObject({
      opensearchUsername: "",
      opensearchAwsRegion: "eu-central-1",
      opensearchAwsService: "es",
      opensearchAwsAccessKeyId: "AKID",
      opensearchAwsSecretAccessKey: "aws-secret",
      opensearchAwsSessionToken: "aws-token",
    });
    expect(stack.secretOutputs).toEqual(
      expect.arrayContaining(["opensearchAwsSecretAccessKey", "opensearchAwsSessionToken"]),
    );
    const chain = await stackOf({ opensearch: { existing: { ...existing, aws: { region: "eu-central-1" } } }, ollama });
    expect(Object.keys(chain.outputs).filter((name) => name.startsWith("opensearchAws"))).toEqual([
      "opensearchAwsRegion",
      "opensearchAwsService",
    ]);
  });

  it("may make the user who only asks, since its own user is known to AWS", async () => {
    const stack = await stackOf({ opensearch: { existing, predictUser: true }, ollama });
    expect(stack.resources.has("chat-predict-user")).toBe(true);
  });
});

describe("a stack without either", () => {
  it("has none of these outputs", async () => {
    const { outputs } = await stackOf({ opensearch: { existing: EXISTING } });
    expect(Object.keys(outputs).filter((name) => /Aws|Headers/.test(name))).toEqual([]);
  });
});
