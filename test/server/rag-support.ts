import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Connection, openSearch } from "../../clients/opensearch/connect";
import { createIndex, deleteIndex } from "../../clients/opensearch/indices";
import { clusterSettingLifecycle } from "../../providers/cluster-setting/lifecycle";
import { connectorLifecycle } from "../../providers/connector/lifecycle";
import {
  type ConnectorPreset,
  ollamaChat,
  ollamaEmbedding,
  ollamaGenerate,
  openAiChat,
} from "../../providers/connector/presets";
import { deployedModelLifecycle } from "../../providers/deployed-model/lifecycle";
import { modelGroupLifecycle } from "../../providers/model-group/lifecycle";
import { searchIndexLifecycle } from "../../providers/search-index/lifecycle";
import { passageMappings, VECTOR_FIELD } from "../../providers/search-index/passages";
import { LoopbackServer } from "../support/loopback-server";
import { ADMIN_PASSWORD, type ServerKind } from "../support/opensearch/address";
import { TestCluster } from "../support/opensearch/test-cluster";
import { OPEN_SETTINGS } from "./cli-support";
import { created, urn } from "./lifecycle-support";

export const DIMENSION = 256;
export const INDEX = "passages";
const SAYS_SO = "It says so [1].";

/**
 * A model server whose vectors count words: texts with the same words lie near each other. Deterministic, so a test
 * can tell what is nearest; it understands nothing, and nothing here measures how well it finds.
 */
export class WordServer extends LoopbackServer {
  /** What it was asked to embed. */
  readonly embedded: string[] = [];
  /** What it was asked to write about. */
  readonly prompts: string[] = [];
  /** The models that were asked for. */
  readonly models: unknown[] = [];
  words = SAYS_SO;
  /** Refuse the next so many requests for vectors as busy. */
  busy = 0;
  dimension = DIMENSION;
  /** Refuse longer texts, unless they may be cut; and take none that holds this word. */
  mostLetters = Number.POSITIVE_INFINITY;
  hatedWord: string | undefined;
  /** The context of its models, where it tells one. */
  contextTokens: number | undefined;
  /** A prompt of more passages is too long for it. */
  mostPassages = Number.POSITIVE_INFINITY;
  /** How it answers questions instead; `silent` never does. */
  mood: "willing" | "silent" | { readonly status: number; readonly body: unknown } = "willing";

  /** As it was at first. */
  renew(): void {
    this.embedded.length = 0;
    this.prompts.length = 0;
    this.models.length = 0;
    Object.assign(this, { words: SAYS_SO, busy: 0, dimension: DIMENSION, mood: "willing" });
    Object.assign(this, { mostLetters: Number.POSITIVE_INFINITY, hatedWord: undefined });
    Object.assign(this, { mostPassages: Number.POSITIVE_INFINITY, contextTokens: undefined });
  }

  protected answer(request: IncomingMessage, text: string, response: ServerResponse): void {
    const body = JSON.parse(text || "{}") as {
      model?: string;
      input?: string[];
      truncate?: boolean;
      prompt?: string;
      messages?: unknown;
    };
    const json = (status: number, value: unknown) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    if (request.url === "/api/ps" && this.contextTokens !== undefined) {
      const loaded = { name: "m", size: 1, expires_at: "2026-11-29T12:00:00Z", context_length: this.contextTokens };
      return void json(200, { models: [loaded] });
    }
    if (request.url === "/api/ps" || request.url === "/api/show") return void json(404, { error: "not found" });
    if (request.url !== "/api/embed") {
      this.models.push(body.model);
      this.prompts.push(body.prompt ?? JSON.stringify(body.messages));
      if (this.mood === "silent") return;
      if (this.mood !== "willing") return void json(this.mood.status, this.mood.body);
      if ((text.match(/SEARCH RESULT/g)?.length ?? 0) > this.mostPassages) {
        return void json(400, { error: "the input length exceeds the context length" });
      }
      const message = { role: "assistant", content: this.words };
      return void json(200, { model: "m", response: this.words, message, choices: [{ message }], done: true });
    }
    if (this.busy > 0) {
      this.busy -= 1;
      return void json(503, { error: "server busy, please try again.  maximum pending requests exceeded" });
    }
    const { hatedWord } = this;
    if (hatedWord !== undefined && body.input?.some((input) => input.includes(hatedWord))) {
      return void json(500, { error: "failed to encode response: json: unsupported value: NaN" });
    }
    if (body.truncate === false && body.input?.some((input) => input.length > this.mostLetters)) {
      return void json(400, { error: "the input length exceeds the context length" });
    }
    this.embedded.push(...(body.input ?? []));
    json(200, { embeddings: (body.input ?? []).map((input) => this.#vector(input)) });
  }

  #vector(text: string): number[] {
    // Beside its words each text has a little of its own, so that no two are equally near to a third.
    const vector = Array.from({ length: this.dimension }, () => 0.001 + digits(text) / 2 ** 26);
    for (const word of text.toLowerCase().match(/\p{L}+/gu) ?? []) {
      const at = digits(word) % this.dimension;
      vector[at] = (vector[at] ?? 0) + 1;
    }
    return vector;
  }
}

/** Sixteen bits that a text has. */
function digits(text: string): number {
  return createHash("sha256").update(text).digest().readUInt16BE();
}

/**
 * `knn`: the cluster searches the vectors of the index. `stored`: it only keeps them, as one that has no k-NN. `earlier`:
 * the same, without a field for folders.
 */
type VectorsKept = "knn" | "stored" | "earlier";

const CHAT_PRESETS = { generate: ollamaGenerate, chat: ollamaChat, openai: openAiChat } as const;
type ChatApi = keyof typeof CHAT_PRESETS;

/** An index, an embedding model and a chat model, as a stack with rag makes them, and a folder of documents. */
export interface RagWorld {
  readonly cluster: TestCluster;
  readonly connection: Connection;
  readonly words: WordServer;
  readonly folder: string;
  readonly embeddingModelId: string;
  readonly environment: NodeJS.ProcessEnv;
  /** A deployed model with a connector of its own. */
  deploy(name: string, preset: ConnectorPreset): Promise<string>;
  /** An empty index of this kind, an empty folder, and the model server as it was at first. */
  renew(vectors?: VectorsKept): Promise<void>;
  /** Writes a document into the folder. */
  write(path: string, text: string): void;
  /** One request of the API as an administrator makes it by hand. */
  api(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>;
  stop(): Promise<void>;
}

export interface RagWorldOptions {
  /** What the chat model takes. Default: `generate`. */
  readonly api?: ChatApi;
  /** `secured` for a cluster with users. Default: `plain`. */
  readonly kind?: ServerKind;
}

export async function startRagWorld({ api = "generate", kind = "plain" }: RagWorldOptions = {}): Promise<RagWorld> {
  const words = await new WordServer().start();
  const cluster = await TestCluster.start({ kind });
  const login = kind === "secured" ? { username: "admin", password: ADMIN_PASSWORD } : {};
  const connection = { endpoint: cluster.url, ...login };
  await created(clusterSettingLifecycle, { connection, settings: OPEN_SETTINGS, owner: urn("ClusterSetting", "s") });
  const group = await created(modelGroupLifecycle, { connection, owner: urn("ModelGroup", "g") });
  const deploy = async (name: string, preset: ConnectorPreset) => {
    const connector = await created(connectorLifecycle, { connection, ...preset, owner: urn("Connector", name) });
    const ids = { modelGroupId: group.id, connectorId: connector.id };
    return (await created(deployedModelLifecycle, { connection, ...ids, owner: urn("DeployedModel", name) })).id;
  };
  const embeddingModelId = await deploy("e", ollamaEmbedding({ endpoint: words.endpoint, model: "all-minilm" }));
  const modelId = await deploy("c", CHAT_PRESETS[api]({ endpoint: words.endpoint, model: "m" }));
  const folder = mkdtempSync(join(tmpdir(), "documents-"));
  return {
    cluster,
    connection,
    words,
    folder,
    embeddingModelId,
    deploy,
    environment: {
      OLLAMA_CHAT_OPENSEARCH_ENDPOINT: cluster.url,
      OLLAMA_CHAT_OPENSEARCH_USERNAME: login.username,
      OLLAMA_CHAT_OPENSEARCH_PASSWORD: login.password,
      OLLAMA_CHAT_MODEL_ID: modelId,
      OLLAMA_CHAT_MODEL: "m",
      OLLAMA_CHAT_API: api,
      OLLAMA_CHAT_EMBEDDING_MODEL_ID: embeddingModelId,
      OLLAMA_CHAT_RAG_INDEX: INDEX,
    },
    renew: async (vectors = "knn") => {
      words.renew();
      rmSync(folder, { recursive: true });
      mkdirSync(folder);
      await deleteIndex(openSearch(connection), INDEX);
      await makeIndex(connection, vectors);
    },
    write: (path, text) => {
      mkdirSync(join(folder, path, ".."), { recursive: true });
      writeFileSync(join(folder, path), text);
    },
    api: async (method, path, body) => {
      const authorization = `Basic ${Buffer.from(`${login.username}:${login.password}`).toString("base64")}`;
      const headers = { "content-type": "application/json", ...(kind === "secured" ? { authorization } : {}) };
      const sent = body === undefined ? {} : { body: JSON.stringify(body) };
      return (await (await fetch(`${cluster.url}${path}`, { method, headers, ...sent })).json()) as Record<
        string,
        unknown
      >;
    },
    stop: async () => {
      rmSync(folder, { recursive: true });
      await words.stop();
      await cluster.close();
    },
  };
}

/** By the resource's own lifecycle; without k-NN as that makes it on a cluster that has none. */
async function makeIndex(connection: Connection, vectors: VectorsKept): Promise<void> {
  const mappings = passageMappings({ embeddingModel: "all-minilm", dimension: DIMENSION });
  if (vectors === "knn") {
    const vector = { field: VECTOR_FIELD, dimension: DIMENSION, model: "all-minilm" };
    await created(searchIndexLifecycle, { connection, name: INDEX, mappings, vector, owner: urn("SearchIndex", "i") });
    return;
  }
  const vector = { type: "float", index: false, doc_values: false };
  const { root, ...fields } = mappings.properties as Record<string, unknown>;
  const properties = { ...fields, ...(vectors === "earlier" ? {} : { root }), [VECTOR_FIELD]: vector };
  await createIndex(openSearch(connection), INDEX, { mappings: { ...mappings, properties }, settings: {} });
}
