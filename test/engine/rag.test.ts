import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningOllama, startOllama } from "../support/ollama";
import { ADMIN_PASSWORD as PASSWORD } from "../support/opensearch/address";
import { TestCluster } from "../support/opensearch/test-cluster";
import { changes, newBackend, Project, position, type Run } from "./support/project";
import { hasEngine, hasOllama } from "./support/toolchain";

const authorization = `Basic ${Buffer.from(`admin:${PASSWORD}`).toString("base64")}`;

describe.skipIf(!hasEngine || !hasOllama)("retrieval beside a chat stack, on servers that run already", () => {
  let cluster: TestCluster;
  let ollama: RunningOllama;
  let project: Project;
  let first: Run;
  const backend = newBackend();

  const config = (extra: Record<string, unknown> = {}) => ({
    opensearchEndpoint: cluster.url,
    opensearchUsername: "admin",
    ollamaEndpoint: ollama.endpoint,
    modelOptions: { num_predict: 8, num_thread: 1 },
    rag: true,
    ...extra,
  });

  const api = async (method: string, path: string, body?: unknown) => {
    const headers = { authorization, "content-type": "application/json" };
    const answer = await fetch(`${cluster.url}${path}`, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };

  /** All but the server's own. */
  const indices = async () =>
    Object.keys((await api("GET", "/*/_mapping")).body).filter((name) => !/^(\.|security-auditlog-)/.test(name));

  const vectorsOf = async (modelId: unknown, texts: string[]) => {
    const { status, body } = await api("POST", `/_plugins/_ml/models/${modelId}/_predict`, {
      parameters: { input: texts },
    });
    expect(status, JSON.stringify(body)).toBe(200);
    const [result] = body.inference_results as { output: { name: string; data: number[] }[] }[];
    return result?.output ?? [];
  };

  beforeAll(async () => {
    [cluster, ollama] = await Promise.all([TestCluster.start({ kind: "secured" }), startOllama()]);
    project = await Project.ofRepository("rag", config(), backend);
    await project.secret("opensearchPassword", PASSWORD);
    first = await project.up();
  });

  afterAll(async () => {
    await cluster?.close();
    await ollama?.stop();
    project?.remove();
  });

  it("first up makes the chat stack's five resources and five more, in the order of their dependencies", () => {
    expect(first.code, first.output).toBe(0);
    expect(
      changes(first)
        .filter((step) => step !== "create OllamaRagStack")
        .sort(),
    ).toEqual([
      "create ClusterSetting",
      "create ClusterSetting",
      "create Connector",
      "create Connector",
      "create DeployedModel",
      "create DeployedModel",
      "create ModelGroup",
      "create OllamaModel",
      "create OllamaModel",
      "create SearchIndex",
    ]);
    const finished = (name: string) => first.steps.findIndex((step) => step.op === "create" && step.name === name);
    expect(finished("chat-settings")).toBeLessThan(finished("rag-settings"));
    expect(finished("rag-settings")).toBeLessThan(finished("rag-connector"));
    expect(finished("rag-connector")).toBeLessThan(finished("rag-model"));
    expect(finished("rag-embedding-model")).toBeLessThan(finished("rag-model"));
  });

  it("three outputs come to the chat stack's, none of them secret", async () => {
    const outputs = await project.outputs();
    expect(outputs).toMatchObject({ embeddingModel: "all-minilm" });
    expect(outputs.ragIndex).toMatch(/^rag-index-[0-9a-f]{8}$/);
    expect(outputs.embeddingModelId).not.toBe(outputs.modelId);
    const { output } = await project.cli("stack", "output", "--json");
    expect(JSON.parse(output)).toMatchObject({ ragIndex: outputs.ragIndex, opensearchPassword: "[secret]" });
  });

  it("the index says which model's vectors it holds, and the cluster searches them", async () => {
    const { ragIndex } = await project.outputs();
    const { body } = await api("GET", `/${ragIndex}/_mapping`);
    expect(body[String(ragIndex)]).toMatchObject({
      mappings: {
        _meta: { ollamachat: { embeddingModel: "all-minilm", dimension: 384 } },
        properties: {
          source: { type: "keyword" },
          vector: {
            type: "knn_vector",
            dimension: 384,
            method: { engine: "lucene", space_type: "cosinesimil", name: "hnsw" },
          },
        },
      },
    });
  });

  it("the deployed embedding model makes vectors that mean something, of as many numbers as the index says", async () => {
    const { embeddingModelId } = await project.outputs();
    const texts = ["Why is the sky blue?", "The sky is blue because of Rayleigh scattering", "I like pizza"];
    const found = await vectorsOf(embeddingModelId, texts);
    expect(found.map(({ name, data }) => [name, data.length])).toEqual(texts.map(() => ["sentence_embedding", 384]));
    const [question, answer, other] = found.map(({ data }) => data);
    const likeness = (a: number[] = [], b: number[] = []) => a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
    expect(likeness(question, answer)).toBeGreaterThan(likeness(question, other));
  });

  it("preview and refresh after up show no change, also with documents in the index", async () => {
    const { ragIndex, embeddingModelId } = await project.outputs();
    const [vector] = await vectorsOf(embeddingModelId, ["Ollama serves models."]);
    const passage = { text: "Ollama serves models.", title: "Ollama", source: "a.md", position: 0, sourceHash: "h" };
    const written = await api("PUT", `/${ragIndex}/_doc/1?refresh=true`, { ...passage, vector: vector?.data });
    expect(written.status, JSON.stringify(written.body)).toBe(201);
    for (const run of [await project.refresh("--expect-no-changes"), await project.preview("--expect-no-changes")]) {
      expect(run.code, run.output).toBe(0);
    }
  });

  it("an embedding model undeployed and an index deleted by hand are repaired, and then nothing changes", async () => {
    const { ragIndex, embeddingModelId } = await project.outputs();
    await api("POST", `/_plugins/_ml/models/${embeddingModelId}/_undeploy`);
    await api("DELETE", `/${ragIndex}`);
    const refreshed = await project.refresh();
    expect(refreshed.code, refreshed.output).toBe(0);
    const repaired = await project.up();
    expect(repaired.code, repaired.output).toBe(0);
    expect([...changes(repaired)].sort()).toEqual(["create SearchIndex", "update DeployedModel"]);
    expect(await indices()).toEqual([ragIndex]);
    const quiet = await project.preview("--expect-no-changes");
    expect(quiet.code, quiet.output).toBe(0);
  });

  it("a model whose size is not known stops in preview, and says what to set", async () => {
    project.configure(config({ embeddingModel: "my/own:1" }));
    const run = await project.preview();
    expect(run.code).not.toBe(0);
    expect(run.output).toContain("dimension is missing: must say how many numbers a vector of my/own:1 has");
    project.configure(config());
  });

  it("switched off, retrieval goes with its documents in the reverse order, and the chat stack stays as it is", async () => {
    const before = await project.outputs();
    await api("PUT", `/${before.ragIndex}/_doc/1?refresh=true`, { text: "one" });
    project.configure(config({ rag: false }));
    const run = await project.up();
    expect(run.code, run.output).toBe(0);
    expect(changes(run).filter((step) => !step.startsWith("delete "))).toEqual([]);
    expect(position(run, "delete DeployedModel")).toBeLessThan(position(run, "delete Connector"));
    expect(position(run, "delete Connector")).toBeLessThan(position(run, "delete ClusterSetting"));
    expect(await indices()).toEqual([]);
    const { ragIndex: _i, embeddingModel: _m, embeddingModelId: _d, ...chat } = before;
    expect(await project.outputs()).toEqual(chat);
  });

  it("the example puts several parts together as its own program, and destroy leaves nothing, not even a setting", async () => {
    expect((await project.destroy()).code).toBe(0);
    const settings = { opensearchEndpoint: cluster.url, ollamaEndpoint: ollama.endpoint };
    const example = await Project.ofProgram("ollama-chat-rag", "examples/rag/index.js", "dev", settings);
    const without = await example.preview();
    expect(without.output).toContain("error: opensearchPassword is missing: pulumi config set --secret");
    await example.secret("opensearchPassword", PASSWORD);
    const run = await example.up();
    expect(run.code, run.output).toBe(0);
    const { ragIndex } = await example.outputs();
    expect(ragIndex).toMatch(/^handbook-index-[0-9a-f]{8}$/);
    await api("PUT", `/${ragIndex}/_doc/1?refresh=true`, { text: "one" });
    const quiet = await example.refresh("--expect-no-changes");
    expect(quiet.code, quiet.output).toBe(0);
    const gone = await example.destroy();
    expect(gone.code, gone.output).toBe(0);
    example.remove();
    expect(await indices()).toEqual([]);
    expect((await api("GET", "/_cluster/settings")).body).toEqual({ persistent: {}, transient: {} });
  });
});
