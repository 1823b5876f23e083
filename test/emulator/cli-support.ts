import { type Emulator, FAST_TIMINGS, startEmulator } from "../../emulator";
import { ollamaChat, ollamaGenerate, openAiChat } from "../../providers/connector/presets";
import { ChatServer } from "../support/chat-server";
import { basic, call, deploy, field, ML } from "./support";

export const PASSWORD = "Canary-Passw0rd-7531";
const ADMIN = basic("admin", PASSWORD);
const PRESETS = { generate: ollamaGenerate, chat: ollamaChat, openai: openAiChat } as const;

/** An OpenSearch with a deployed model, the Ollama behind it, and the variables that lead `ollama-chat` to both. */
export interface ChatWorld {
  readonly emulator: Emulator;
  readonly ollama: ChatServer;
  readonly modelId: string;
  readonly environment: NodeJS.ProcessEnv;
  stop(): Promise<void>;
}

export async function startChatWorld(api: keyof typeof PRESETS): Promise<ChatWorld> {
  const ollama = await new ChatServer().start();
  const emulator = await startEmulator({ users: [{ name: "admin", password: PASSWORD }], timings: FAST_TIMINGS });
  const send = (method: string, path: string, body: unknown) => call(emulator.url, method, path, body, ADMIN);
  const trusted = { trusted_connector_endpoints_regex: [".*"], "connector.private_ip_enabled": true };
  const settings = Object.entries(trusted).map(([key, value]) => [`plugins.ml_commons.${key}`, value]);
  await send("PUT", "/_cluster/settings", { persistent: Object.fromEntries(settings) });
  const group = await send("POST", `${ML}/model_groups/_register`, { name: "chat-group" });
  const { parameters, actions } = PRESETS[api]({ endpoint: ollama.endpoint, model: "smollm2:135m" });
  const connector = await send("POST", `${ML}/connectors/_create`, {
    name: "chat-connector",
    version: 1,
    protocol: "http",
    parameters,
    credential: { key: "none" },
    actions: actions.map(({ actionType, method, url, headers, requestBody }) => ({
      action_type: actionType,
      method,
      url,
      headers,
      request_body: requestBody,
    })),
  });
  const registered = await send("POST", `${ML}/models/_register`, {
    name: "chat-model",
    function_name: "remote",
    model_group_id: field(group, "model_group_id"),
    connector_id: field(connector, "connector_id"),
  });
  const modelId = field(registered, "model_id");
  await deploy(emulator, modelId, ADMIN);
  return {
    emulator,
    ollama,
    modelId,
    environment: {
      OLLAMA_CHAT_OPENSEARCH_ENDPOINT: emulator.url,
      OLLAMA_CHAT_OPENSEARCH_USERNAME: "admin",
      OLLAMA_CHAT_OPENSEARCH_PASSWORD: PASSWORD,
      OLLAMA_CHAT_OLLAMA_ENDPOINT: ollama.endpoint,
      OLLAMA_CHAT_MODEL: "smollm2:135m",
      OLLAMA_CHAT_MODEL_ID: modelId,
      OLLAMA_CHAT_API: api,
    },
    stop: async () => {
      await ollama.stop();
      await emulator.close();
    },
  };
}
