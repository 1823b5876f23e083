import type { Access } from "../../cli/access/access";
import { clusterSettingLifecycle } from "../../providers/cluster-setting/lifecycle";
import { connectorLifecycle } from "../../providers/connector/lifecycle";
import { type ConnectorPreset, ollamaChat, ollamaEmbedding } from "../../providers/connector/presets";
import { deployedModelLifecycle } from "../../providers/deployed-model/lifecycle";
import { modelGroupLifecycle } from "../../providers/model-group/lifecycle";
import { searchIndexLifecycle } from "../../providers/search-index/lifecycle";
import { passageMappings, VECTOR_FIELD } from "../../providers/search-index/passages";
import { OPEN_SETTINGS } from "../server/cli-support";
import { created, urn } from "../server/lifecycle-support";
import { type RunningOllama, startOllama } from "../support/ollama";
import { ADMIN_PASSWORD } from "../support/opensearch/address";
import { TestCluster } from "../support/opensearch/test-cluster";
import { briefModel } from "./brief-model";

const DIMENSION = 384;
const EMBEDDING_MODEL = "all-minilm:latest";

/** What a stack with rag makes, on a real OpenSearch with users and a real Ollama. */
export interface DocumentsWorld {
  readonly access: Access;
  readonly ollama: RunningOllama;
  readonly cluster: TestCluster;
  stop(): Promise<void>;
}

export async function startDocumentsWorld(): Promise<DocumentsWorld> {
  const ollama = await startOllama({ ownModels: true });
  const chatModel = await briefModel(ollama);
  const cluster = await TestCluster.start({ kind: "secured" });
  const connection = { endpoint: cluster.url, username: "admin", password: ADMIN_PASSWORD };
  await created(clusterSettingLifecycle, { connection, settings: OPEN_SETTINGS, owner: urn("ClusterSetting", "s") });
  const group = await created(modelGroupLifecycle, { connection, owner: urn("ModelGroup", "g") });
  const deploy = async (name: string, preset: ConnectorPreset) => {
    const connector = await created(connectorLifecycle, { connection, ...preset, owner: urn("Connector", name) });
    const ids = { modelGroupId: group.id, connectorId: connector.id };
    return (await created(deployedModelLifecycle, { connection, ...ids, owner: urn("DeployedModel", name) })).id;
  };
  const { endpoint } = ollama;
  const embeddingModelId = await deploy("e", ollamaEmbedding({ endpoint, model: EMBEDDING_MODEL }));
  const modelId = await deploy("c", ollamaChat({ endpoint, model: chatModel }));
  const mappings = passageMappings({ embeddingModel: EMBEDDING_MODEL, dimension: DIMENSION });
  const vector = { field: VECTOR_FIELD, dimension: DIMENSION, model: EMBEDDING_MODEL };
  const name = "passages";
  await created(searchIndexLifecycle, { connection, name, mappings, vector, owner: urn("SearchIndex", "i") });
  return {
    ollama,
    cluster,
    access: {
      source: "flags and environment",
      opensearch: connection,
      ollamaEndpoint: endpoint,
      chatModel,
      api: "chat",
      modelId,
      ragIndex: name,
      embeddingModel: EMBEDDING_MODEL,
      embeddingModelId,
    },
    stop: async () => {
      await cluster.close();
      await ollama.stop();
    },
  };
}
