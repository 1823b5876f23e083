import { type ConnectorPreset, ollamaChat, ollamaGenerate, openAiChat } from "../providers/connector/presets";

/**
 * How OpenSearch speaks to Ollama, and so what callers of `_predict` send.
 *
 * - `generate`: `/api/generate`, parameter `prompt`.
 * - `chat`: `/api/chat`, parameter `messages`.
 * - `openai`: `/v1/chat/completions`, parameter `messages`; the form of OpenSearch's agents and RAG pipelines.
 */
export const ChatApi = { generate: "generate", chat: "chat", openai: "openai" } as const;

export const CHAT_APIS: readonly string[] = Object.values(ChatApi);

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
