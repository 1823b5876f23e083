import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSearch } from "../../clients/opensearch/connect";
import { createIndex } from "../../clients/opensearch/indices";
import { type Emulator, FAST_TIMINGS, startEmulator } from "../../emulator";
import { clusterSettingLifecycle } from "../../providers/cluster-setting/lifecycle";
import { connectorLifecycle } from "../../providers/connector/lifecycle";
import { type ConnectorPreset, ollamaEmbedding, ollamaGenerate } from "../../providers/connector/presets";
import { deployedModelLifecycle } from "../../providers/deployed-model/lifecycle";
import { modelGroupLifecycle } from "../../providers/model-group/lifecycle";
import { passageMappings } from "../../providers/search-index/passages";
import { LoopbackServer } from "../support/loopback-server";
import { created, urn } from "./lifecycle-support";

export const DIMENSION = 256;
export const INDEX = "passages";

/**
 * A model server whose vectors count words: texts with the same words lie near each other. Deterministic, so a test
 * can tell what is nearest; it understands nothing, and nothing here measures how well it finds.
 */
export class WordServer extends LoopbackServer {
  /** What it was asked to embed. */
  readonly embedded: string[] = [];
  /** What it was asked to write about. */
  readonly prompts: string[] = [];
  words = "It says so [1].";
  /** Refuse the next so many requests for vectors as busy. */
  busy = 0;
  dimension = DIMENSION;

  protected answer(request: IncomingMessage, text: string, response: ServerResponse): void {
    const body = JSON.parse(text) as { input?: string[]; prompt?: string };
    const json = (status: number, value: unknown) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    if (request.url !== "/api/embed") {
      this.prompts.push(body.prompt ?? "");
      return void json(200, { model: "m", response: this.words, done: true });
    }
    if (this.busy > 0) {
      this.busy -= 1;
      return void json(503, { error: "server busy, please try again.  maximum pending requests exceeded" });
    }
    this.embedded.push(...(body.input ?? []));
    json(200, { embeddings: (body.input ?? []).map((input) => this.#vector(input)) });
  }

  #vector(text: string): number[] {
    const vector = Array.from({ length: this.dimension }, () => 0.001);
    for (const word of text.toLowerCase().match(/\p{L}+/gu) ?? []) {
      const at = createHash("sha256").update(word).digest().readUInt16BE() % this.dimension;
      vector[at] = (vector[at] ?? 0) + 1;
    }
    return vector;
  }
}

/** An index, an embedding model and a chat model, as a stack with rag makes them, and a folder of documents. */
export interface RagWorld {
  readonly emulator: Emulator;
  readonly words: WordServer;
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Writes a document into the folder. */
  write(path: string, text: string): void;
  stop(): Promise<void>;
}

export async function startRagWorld(): Promise<RagWorld> {
  const words = await new WordServer().start();
  const emulator = await startEmulator({ timings: FAST_TIMINGS });
  const connection = { endpoint: emulator.url };
  const settings = {
    "plugins.ml_commons.trusted_connector_endpoints_regex": ["^http://127\\.0\\.0\\.1:.*$"],
    "plugins.ml_commons.connector.private_ip_enabled": "true",
  };
  await created(clusterSettingLifecycle, { connection, settings, owner: urn("ClusterSetting", "s") });
  const group = await created(modelGroupLifecycle, { connection, owner: urn("ModelGroup", "g") });
  const deploy = async (name: string, preset: ConnectorPreset) => {
    const connector = await created(connectorLifecycle, { connection, ...preset, owner: urn("Connector", name) });
    const ids = { modelGroupId: group.id, connectorId: connector.id };
    return await created(deployedModelLifecycle, { connection, ...ids, owner: urn("DeployedModel", name) });
  };
  const embedding = await deploy("e", ollamaEmbedding({ endpoint: words.endpoint, model: "all-minilm" }));
  const chat = await deploy("c", ollamaGenerate({ endpoint: words.endpoint, model: "m" }));
  const mappings = passageMappings({ embeddingModel: "all-minilm", dimension: DIMENSION });
  const vector = { type: "float", index: false, doc_values: false };
  const properties = { ...(mappings.properties as object), vector };
  await createIndex(openSearch(connection), INDEX, { mappings: { ...mappings, properties }, settings: {} });
  words.embedded.length = 0;
  words.prompts.length = 0;
  const folder = mkdtempSync(join(tmpdir(), "documents-"));
  return {
    emulator,
    words,
    folder,
    environment: {
      OLLAMA_CHAT_OPENSEARCH_ENDPOINT: emulator.url,
      OLLAMA_CHAT_MODEL_ID: chat.id,
      OLLAMA_CHAT_MODEL: "m",
      OLLAMA_CHAT_EMBEDDING_MODEL_ID: embedding.id,
      OLLAMA_CHAT_RAG_INDEX: INDEX,
    },
    write: (path, text) => {
      mkdirSync(join(folder, path, ".."), { recursive: true });
      writeFileSync(join(folder, path), text);
    },
    stop: async () => {
      rmSync(folder, { recursive: true });
      await words.stop();
      await emulator.close();
    },
  };
}
