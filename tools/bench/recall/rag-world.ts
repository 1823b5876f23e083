import type { Connection } from "../../../clients/opensearch/connect";
import { clusterSettingLifecycle } from "../../../providers/cluster-setting/lifecycle";
import { connectorLifecycle } from "../../../providers/connector/lifecycle";
import { type ConnectorPreset, ollamaEmbedding, ollamaGenerate } from "../../../providers/connector/presets";
import { trustedEndpointRegex } from "../../../providers/connector/trust";
import { deployedModelLifecycle } from "../../../providers/deployed-model/lifecycle";
import { modelGroupLifecycle } from "../../../providers/model-group/lifecycle";
import { searchIndexLifecycle } from "../../../providers/search-index/lifecycle";
import { passageMappings, VECTOR_FIELD } from "../../../providers/search-index/passages";
import type { Lifecycle } from "../../../providers/shared/lifecycle";

export const EMBEDDING_MODEL = "all-minilm";
const DIMENSION = 384;

export interface RagServers {
  /** An OpenSearch with ML Commons. */
  readonly connection: Connection;
  /** An Ollama that has the embedding model and the chat model. */
  readonly ollamaEndpoint: string;
  readonly chatModel: string;
}

/** What `OllamaRagStack` makes beside a chat stack. */
export interface RagWorld {
  /** Name of the index of passages. */
  readonly index: string;
  /** Deployed chat model. */
  readonly modelId: string;
  /** Deployed embedding model. */
  readonly embeddingModelId: string;
}

/**
 * Makes on two servers what `OllamaChatStack` and `OllamaRagStack` make of them: an index, a deployed embedding model
 * and a deployed chat model. With the same lifecycles, without an engine.
 */
export async function makeRagWorld({ connection, ollamaEndpoint, chatModel }: RagServers): Promise<RagWorld> {
  // One thread: two of them spin against each other where the cores are shared.
  const options = { num_predict: 120, num_thread: 1, temperature: 0 };
  const chat = ollamaGenerate({ endpoint: ollamaEndpoint, model: chatModel, options });
  const embedding = ollamaEmbedding({ endpoint: ollamaEndpoint, model: EMBEDDING_MODEL });
  const settings = {
    "plugins.ml_commons.connector.private_ip_enabled": "true",
    "plugins.ml_commons.trusted_connector_endpoints_regex": [chat, embedding].map(({ actions }) =>
      trustedEndpointRegex(actions[0]?.url ?? ""),
    ),
  };
  await create(clusterSettingLifecycle, { connection, settings, owner: owner("ClusterSetting", "settings") });
  const modelGroupId = await create(modelGroupLifecycle, { connection, owner: owner("ModelGroup", "group") });
  const deploy = async (name: string, preset: ConnectorPreset) => {
    const connectorId = await create(connectorLifecycle, { connection, ...preset, owner: owner("Connector", name) });
    const news = { connection, modelGroupId, connectorId, owner: owner("DeployedModel", name) };
    return await create(deployedModelLifecycle, news);
  };
  const index = await create(searchIndexLifecycle, {
    connection,
    name: "passages",
    mappings: passageMappings({ embeddingModel: EMBEDDING_MODEL, dimension: DIMENSION }),
    vector: { field: VECTOR_FIELD, dimension: DIMENSION, model: EMBEDDING_MODEL },
    owner: owner("SearchIndex", "passages"),
  });
  return { index, embeddingModelId: await deploy("embedding", embedding), modelId: await deploy("chat", chat) };
}

function owner(type: string, name: string): string {
  return `urn:pulumi:rag::rag::pulumi-nodejs:dynamic/ollamachat:${type}::${name}`;
}

async function create<I extends object, S extends object>(lifecycle: Lifecycle<I, S>, news: object): Promise<string> {
  const { inputs, failures } = lifecycle.check(news, {});
  if (failures.length > 0) throw new Error(failures.map(({ property, reason }) => `${property}: ${reason}`).join("; "));
  return (await lifecycle.create(inputs)).id;
}
