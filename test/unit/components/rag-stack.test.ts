import { describe, expect, it } from "vitest";
import { OllamaChatStack } from "../../../components/ollama-chat-stack";
import { OllamaRagStack } from "../../../components/ollama-rag-stack";
import type { OllamaRagStackArgs } from "../../../components/rag-args";
import { type Registered, registeredBy } from "./mock-engine";
import { EXISTING, OURS, PASSWORD } from "./stack-support";

type RagArgs = Omit<OllamaRagStackArgs, "chat">;

/** A RAG stack `docs` on a chat stack `chat`. */
async function ragOn(chatArgs: ConstructorParameters<typeof OllamaChatStack>[1], args: RagArgs = {}) {
  const made = await registeredBy(
    () => new OllamaRagStack("docs", { chat: new OllamaChatStack("chat", chatArgs), ...args }),
  );
  const of = (name: string): Registered => made.resources.get(name) ?? expect.unreachable(`${name} was not registered`);
  return { ...made, of };
}

const IN_DOCKER = { opensearch: { adminPassword: PASSWORD } };
const ON_SERVERS = { opensearch: { existing: EXISTING }, ollama: { existing: { endpoint: "http://gpu-box:11434" } } };

describe("a RAG stack", () => {
  it("makes an embedding model, its trust, connector and deployed model, and the index of passages", async () => {
    const { resources } = await ragOn(ON_SERVERS);
    const made = [...resources.values()].filter(({ name }) => name.startsWith("docs"));
    expect(Object.fromEntries(made.map(({ name, type, parent }) => [name, [type, parent]]))).toStrictEqual({
      docs: ["ollamachat:index:OllamaRagStack", ""],
      "docs-embedding-model": [`${OURS}OllamaModel`, "docs"],
      "docs-settings": [`${OURS}ClusterSetting`, "docs"],
      "docs-connector": [`${OURS}Connector`, "docs"],
      "docs-model": [`${OURS}DeployedModel`, "docs"],
      "docs-index": [`${OURS}SearchIndex`, "docs"],
    });
  });

  it("trusts exactly the URL of the embeddings, beside the chat stack's", async () => {
    const { of } = await ragOn(ON_SERVERS);
    const regex = "^http://gpu-box:11434/api/embed$";
    expect(of("docs-settings").inputs).toMatchObject({
      mode: "contribute",
      settings: { "plugins.ml_commons.trusted_connector_endpoints_regex": [regex] },
      whenKnown: { "plugins.ml_commons.trusted_connector_private_endpoints_regex": [regex] },
    });
    expect(of("docs-settings").inputs.settings).not.toHaveProperty(["plugins.ml_commons.connector.private_ip_enabled"]);
    expect(of("docs-connector").inputs).toMatchObject({
      actions: [{ url: "http://gpu-box:11434/api/embed" }],
      predictParameters: ["input"],
    });
  });

  it("names no private list for a model server on the internet", async () => {
    const ollama = { existing: { endpoint: "https://ollama.example.com" } };
    const { of } = await ragOn({ ...ON_SERVERS, ollama });
    expect(of("docs-settings").inputs).not.toHaveProperty("whenKnown");
  });

  it("makes the index that the retrieval expects", async () => {
    const { of } = await ragOn(ON_SERVERS);
    expect(of("docs-index").inputs).toMatchObject({
      connection: { ...EXISTING, password: { secret: PASSWORD } },
      mappings: {
        _meta: { ollamachat: { embeddingModel: "all-minilm", dimension: 384 } },
        properties: {
          text: { type: "text" },
          title: { type: "text" },
          source: { type: "keyword" },
          position: { type: "integer" },
          sourceHash: { type: "keyword" },
        },
      },
      vector: { field: "vector", dimension: 384, model: "all-minilm" },
      settings: { number_of_shards: 1, auto_expand_replicas: "0-1" },
      forceDelete: true,
    });
    expect(of("docs-index").inputs).not.toHaveProperty("name");
  });

  it("has three outputs, none of them secret", async () => {
    const { outputs, secretOutputs } = await ragOn(ON_SERVERS);
    expect(outputs).toStrictEqual({
      ragIndex: "docs-index-id",
      embeddingModel: "all-minilm",
      embeddingModelId: "docs-model-id",
    });
    expect(secretOutputs).toStrictEqual([]);
  });

  it("uses the servers and the model group of the chat stack, and waits for them", async () => {
    const { of } = await ragOn(IN_DOCKER);
    expect(of("docs-embedding-model").inputs).toMatchObject({
      endpoint: "http://localhost:11434",
      model: "all-minilm",
    });
    expect(of("docs-embedding-model").dependencies).toStrictEqual(["chat-ollama-health"]);
    expect(of("docs-connector").inputs).toMatchObject({ actions: [{ url: "http://ollama:11434/api/embed" }] });
    expect(of("docs-settings").dependencies).toContain("chat-opensearch-health");
    expect(of("docs-settings").dependencies).toContain("chat-settings");
    expect(of("docs-index").dependencies).toContain("chat-opensearch-health");
    expect(of("docs-model").dependencies).toEqual(
      expect.arrayContaining([
        "chat-group",
        "chat-settings",
        "docs-connector",
        "docs-embedding-model",
        "docs-settings",
      ]),
    );
    expect(of("docs-model").inputs).toMatchObject({
      modelGroupId: "chat-group-id",
      connectorId: "docs-connector-id",
      settingsRevision: "r1-r1",
    });
  });

  it("leaves the chat stack exactly as it is without it", async () => {
    const alone = await registeredBy(() => new OllamaChatStack("chat", ON_SERVERS));
    const { resources } = await ragOn(ON_SERVERS);
    for (const [name, resource] of alone.resources) expect(resources.get(name)).toStrictEqual(resource);
  });

  it("takes another model, and everything that has an argument", async () => {
    const { of } = await ragOn(ON_SERVERS, {
      embeddingModel: "nomic-embed-text:v1.5",
      keepAlive: "30m",
      readTimeoutSeconds: 60,
      readiness: { pullSeconds: 11, modelSeconds: 12 },
      index: { name: "handbook", settings: { number_of_shards: 2 }, spaceType: "l2", forceDelete: false },
    });
    expect(of("docs-embedding-model").inputs).toMatchObject({
      model: "nomic-embed-text:v1.5",
      timeouts: { createSeconds: 11 },
    });
    expect(of("docs-connector").inputs).toMatchObject({ clientConfig: { readTimeoutSeconds: 60 } });
    expect(JSON.stringify(of("docs-connector").inputs.actions)).toContain('\\"keep_alive\\": \\"30m\\"');
    expect(of("docs-model").inputs).toMatchObject({ timeouts: { createSeconds: 12 } });
    expect(of("docs-index").inputs).toMatchObject({
      name: "handbook",
      settings: { number_of_shards: 2 },
      vector: { field: "vector", dimension: 768, model: "nomic-embed-text:v1.5", spaceType: "l2" },
      forceDelete: false,
    });
  });

  it("lets each child be changed just before it is made", async () => {
    const description = "changed";
    const { of } = await ragOn(ON_SERVERS, {
      transform: {
        ollamaModel: (args) => ({ ...args, source: "registry.example:5000/library/all-minilm" }),
        clusterSetting: (args) => ({ ...args, restoreOnDelete: "keep" }),
        connector: (args) => ({ ...args, description }),
        deployedModel: (args) => ({ ...args, description }),
        searchIndex: (args) => ({ ...args, copyDocuments: false }),
      },
    });
    expect(of("docs-embedding-model").inputs).toMatchObject({ source: "registry.example:5000/library/all-minilm" });
    expect(of("docs-settings").inputs).toMatchObject({ restoreOnDelete: "keep" });
    expect(of("docs-connector").inputs).toMatchObject({ description });
    expect(of("docs-model").inputs).toMatchObject({ description });
    expect(of("docs-index").inputs).toMatchObject({ copyDocuments: false });
  });
});

describe("an argument that could only fail later", () => {
  it.each<[RagArgs, string]>([
    [
      { embeddingModel: "no name" },
      'OllamaRagStack "docs": embeddingModel is "no name": must be a model\'s name, such as smollm2:135m or host:5000/namespace/name:tag',
    ],
    [{ dimension: 0 }, 'OllamaRagStack "docs": dimension is 0: must be a whole number from 1 to 16000'],
    [{ dimension: 1e99 }, 'OllamaRagStack "docs": dimension is 1e+99: must be a whole number from 1 to 16000'],
    [
      { keepAlive: "5 minutes" },
      'OllamaRagStack "docs": keepAlive is "5 minutes": must be a duration with its unit, such as "30s", "5m" or "24h", a whole number of seconds, or "-1" for ever',
    ],
    [
      { readTimeoutSeconds: Number.NaN, readiness: { pullSeconds: 0 } },
      'OllamaRagStack "docs": readTimeoutSeconds is NaN: must be a whole number of seconds; readiness.pullSeconds is 0: must be above 0',
    ],
    [
      { embeddingModel: "my/own:1" },
      'OllamaRagStack "docs": dimension is missing: must say how many numbers a vector of my/own:1 has; known without it: all-minilm, bge-large, bge-m3, embeddinggemma, mxbai-embed-large, nomic-embed-text, paraphrase-multilingual, snowflake-arctic-embed2',
    ],
  ])("is refused in the preview: $1", async (args, message) => {
    await expect(ragOn(ON_SERVERS, args)).rejects.toThrow(message);
  });

  it("a model of one's own needs only its dimension", async () => {
    const { of } = await ragOn(ON_SERVERS, { embeddingModel: "my/own:1", dimension: 5 });
    expect(of("docs-index").inputs).toMatchObject({ vector: { dimension: 5, model: "my/own:1" } });
  });
});
