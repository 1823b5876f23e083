import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  COMPONENT,
  EXISTING,
  ML_OBJECTS,
  OLLAMA_PARTS,
  OPENSEARCH_PARTS,
  PASSWORD,
  PREDICT_USER,
  stackOf,
} from "./stack-support";

describe("an OpenSearch that exists", () => {
  const folder = mkdtempSync(join(tmpdir(), "ollama-chat-ca-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("starts only Ollama, and is reached by the connection that was given", async () => {
    const stack = await stackOf({ opensearch: { existing: EXISTING } });
    expect(stack.types).toStrictEqual({ ...COMPONENT, ...OLLAMA_PARTS, ...ML_OBJECTS });
    expect(stack.of("chat-settings").inputs.connection).toStrictEqual({ ...EXISTING, password: { secret: PASSWORD } });
    expect(stack.of("chat-connector").inputs).toMatchObject({
      actions: [{ url: "http://localhost:11434/api/generate" }],
    });
    expect(stack.outputs).toMatchObject({
      opensearchEndpoint: EXISTING.endpoint,
      opensearchUsername: "ops",
      opensearchPassword: PASSWORD,
      opensearchCaCertificate: "",
    });
    expect(stack.outputs).toMatchObject({ predictUsername: "", predictPassword: "" });
    expect(stack.secretOutputs).toStrictEqual(["opensearchPassword", "predictPassword"]);
  });

  it("gets a user who may only ask if that is wanted, who is in the roles of a restricted group and leaves others theirs", async () => {
    const restricted = { accessMode: "restricted", backendRoles: ["team"] };
    const stack = await stackOf({
      opensearch: { existing: EXISTING, predictUser: true },
      transform: { modelGroup: (group) => ({ ...group, ...restricted }) },
    });
    expect(stack.types).toMatchObject(PREDICT_USER);
    expect(stack.of("chat-predict-role").inputs).not.toHaveProperty("forceDelete");
    expect(stack.of("chat-predict-user").inputs).toMatchObject({ backendRoles: ["team"] });
    expect(stack.outputs).toMatchObject({ predictUsername: "chat-predict-user-id", predictPassword: "made" });
  });

  it.each([
    [
      { endpoint: EXISTING.endpoint },
      true,
      "is true: needs opensearch.existing.username (or aws), of a user who may make users; on a cluster without security there are none",
    ],
    [EXISTING, "yes" as unknown as boolean, 'is "yes": must be true or false'],
  ])("a user who may only ask is refused where it cannot be made: %j", async (existing, predictUser, problem) => {
    const made = stackOf({ opensearch: { existing, predictUser } });
    await expect(made).rejects.toThrow(`OllamaChatStack "chat": opensearch.predictUser ${problem}`);
  });

  it("has the authority's certificate among its outputs, given as text or as a file", async () => {
    const certificateOf = async (more: object) =>
      (await stackOf({ opensearch: { existing: { ...EXISTING, ...more } } })).outputs.opensearchCaCertificate;
    expect(await certificateOf({ caCertificate: "PEM" })).toBe("PEM");
    const caCertificateFile = join(folder, "ca.pem");
    expect(await certificateOf({ caCertificateFile })).toBe("");
    writeFileSync(caCertificateFile, "PEM of the file");
    expect(await certificateOf({ caCertificateFile })).toBe("PEM of the file");
  });

  it("may reach Ollama by another address", async () => {
    const stack = await stackOf({
      opensearch: { existing: EXISTING },
      ollama: { endpointForOpenSearch: "https://ollama.example.com" },
    });
    expect(stack.of("chat-settings").inputs).toMatchObject({
      settings: {
        "plugins.ml_commons.trusted_connector_endpoints_regex": ["^https://ollama\\.example\\.com/api/generate$"],
      },
    });
    const { settings } = stack.of("chat-settings").inputs;
    expect(settings).not.toHaveProperty(["plugins.ml_commons.connector.private_ip_enabled"]);
    expect(stack.of("chat-settings").inputs).not.toHaveProperty("whenKnown");
  });

  it("the chat model is loaded early with the options of its questions in an Ollama of our own, no other model", async () => {
    const stack = await stackOf({
      opensearch: { existing: EXISTING },
      modelOptions: { num_ctx: 4096 },
      model: "main:1",
      models: ["small:1"],
    });
    expect(stack.of("chat-ollama-model").inputs).toMatchObject({ warmUp: true, loadOptions: { num_ctx: 4096 } });
    expect(stack.of("chat-ollama-model-small:1").inputs).not.toHaveProperty("warmUp");
  });

  it("without a password has empty outputs for user and password", async () => {
    const stack = await stackOf({ opensearch: { existing: { endpoint: "http://localhost:9200" } } });
    expect(stack.of("chat-group").inputs.connection).toStrictEqual({ endpoint: "http://localhost:9200" });
    expect(stack.outputs).toMatchObject({
      opensearchUsername: "",
      opensearchPassword: "",
      opensearchCaCertificate: "",
    });
  });
});

describe("an Ollama that exists", () => {
  it("starts only OpenSearch, whose container reaches localhost as its host", async () => {
    const stack = await stackOf({
      opensearch: { adminPassword: PASSWORD },
      ollama: { existing: { endpoint: "http://localhost:11434" } },
    });
    expect(stack.types).toStrictEqual({ ...COMPONENT, ...OPENSEARCH_PARTS, ...ML_OBJECTS, ...PREDICT_USER });
    expect(stack.of("chat-opensearch").inputs.hosts).toStrictEqual([
      { host: "host.docker.internal", ip: "host-gateway" },
    ]);
    expect(stack.of("chat-connector").inputs).toMatchObject({
      actions: [{ url: "http://host.docker.internal:11434/api/generate" }],
    });
    expect(stack.of("chat-ollama-model").inputs).toMatchObject({ endpoint: "http://localhost:11434" });
    expect(stack.of("chat-ollama-model").dependencies).toStrictEqual([]);
    expect(stack.outputs).toMatchObject({ ollamaEndpoint: "http://localhost:11434" });
  });

  it("elsewhere is reached as it is, and the container needs no entry for its host", async () => {
    const stack = await stackOf({
      opensearch: { adminPassword: PASSWORD },
      ollama: { existing: { endpoint: "http://gpu-box:11434" } },
    });
    expect(stack.of("chat-opensearch").inputs).not.toHaveProperty("hosts");
    expect(stack.of("chat-connector").inputs).toMatchObject({
      actions: [{ url: "http://gpu-box:11434/api/generate" }],
    });
  });
});

describe("both servers existing", () => {
  it("register no Docker resource at all", async () => {
    const stack = await stackOf({
      opensearch: { existing: EXISTING },
      ollama: { existing: { endpoint: "http://localhost:11434" } },
    });
    expect(stack.types).toStrictEqual({ ...COMPONENT, ...ML_OBJECTS });
    // What others use too is loaded when it is asked, and not unloaded by us.
    expect(stack.of("chat-ollama-model").inputs).not.toHaveProperty("warmUp");
    expect(stack.of("chat-connector").inputs).toMatchObject({
      actions: [{ url: "http://localhost:11434/api/generate" }],
    });
  });
});
