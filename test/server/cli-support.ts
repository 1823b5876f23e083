import type { Connection } from "../../clients/opensearch/connect";
import { clusterSettingLifecycle } from "../../providers/cluster-setting/lifecycle";
import { connectorLifecycle } from "../../providers/connector/lifecycle";
import { ollamaChat, ollamaGenerate, openAiChat } from "../../providers/connector/presets";
import { deployedModelLifecycle } from "../../providers/deployed-model/lifecycle";
import { modelGroupLifecycle } from "../../providers/model-group/lifecycle";
import { ChatServer } from "../support/chat-server";
import { ADMIN_PASSWORD as PASSWORD } from "../support/opensearch/address";
import { TestCluster } from "../support/opensearch/test-cluster";
import { created, urn } from "./lifecycle-support";

export { PASSWORD };

const PRESETS = { generate: ollamaGenerate, chat: ollamaChat, openai: openAiChat } as const;

/** Settings that let a cluster call model servers on this machine. */
export const OPEN_SETTINGS = {
  "plugins.ml_commons.trusted_connector_endpoints_regex": ["^http://127\\.0\\.0\\.1:.*$"],
  "plugins.ml_commons.connector.private_ip_enabled": "true",
};

/** An OpenSearch with users and a deployed model, the Ollama behind it, and the variables that lead `ollama-chat` to both. */
export interface ChatWorld {
  readonly cluster: TestCluster;
  readonly connection: Connection;
  readonly ollama: ChatServer;
  readonly modelId: string;
  readonly environment: NodeJS.ProcessEnv;
  stop(): Promise<void>;
}

export async function startChatWorld(api: keyof typeof PRESETS): Promise<ChatWorld> {
  const ollama = await new ChatServer().start();
  const cluster = await TestCluster.start({ kind: "secured" });
  const connection = { endpoint: cluster.url, username: "admin", password: PASSWORD };
  await created(clusterSettingLifecycle, { connection, settings: OPEN_SETTINGS, owner: urn("ClusterSetting", "s") });
  const group = await created(modelGroupLifecycle, { connection, name: "chat-group", owner: urn("ModelGroup", "g") });
  const preset = PRESETS[api]({ endpoint: ollama.endpoint, model: "smollm2:135m" });
  const connector = await created(connectorLifecycle, {
    connection,
    name: "chat-connector",
    owner: urn("Connector", "c"),
    ...preset,
  });
  const { id: modelId } = await created(deployedModelLifecycle, {
    connection,
    name: "chat-model",
    modelGroupId: group.id,
    connectorId: connector.id,
    owner: urn("DeployedModel", "m"),
  });
  ollama.requests.length = 0;
  return {
    cluster,
    connection,
    ollama,
    modelId,
    environment: {
      OLLAMA_CHAT_OPENSEARCH_ENDPOINT: cluster.url,
      OLLAMA_CHAT_OPENSEARCH_USERNAME: "admin",
      OLLAMA_CHAT_OPENSEARCH_PASSWORD: PASSWORD,
      OLLAMA_CHAT_OLLAMA_ENDPOINT: ollama.endpoint,
      OLLAMA_CHAT_MODEL: "smollm2:135m",
      OLLAMA_CHAT_MODEL_ID: modelId,
      OLLAMA_CHAT_API: api,
    },
    stop: async () => {
      await ollama.stop();
      await cluster.close();
    },
  };
}
