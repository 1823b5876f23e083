import { ChatApi } from "../providers/connector/chat-api";
import { type ConnectorPreset, ollamaChat, ollamaGenerate, openAiChat } from "../providers/connector/presets";

export interface ChatSettings {
  /** Base URL of Ollama as OpenSearch reaches it. */
  readonly endpoint: string;
  readonly model: string;
  readonly api: string;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly keepAlive?: string;
  readonly readTimeoutSeconds?: number;
}

export function presetFor(settings: ChatSettings): ConnectorPreset {
  if (settings.api === ChatApi.chat) return ollamaChat(settings);
  if (settings.api === ChatApi.openai) return openAiChat({ ...settings, ...openAiOptions(settings.options) });
  return ollamaGenerate(settings);
}

/** The two model options that the OpenAI form has a word for. */
function openAiOptions(options: ChatSettings["options"]): { maxTokens?: number; temperature?: number } {
  const { num_predict: maxTokens, temperature } = options ?? {};
  return {
    ...(typeof maxTokens === "number" ? { maxTokens } : {}),
    ...(typeof temperature === "number" ? { temperature } : {}),
  };
}
