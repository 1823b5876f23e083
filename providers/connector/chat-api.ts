/**
 * How OpenSearch speaks to Ollama, and so what callers of `_predict` send.
 *
 * - `generate`: `/api/generate`, parameter `prompt`.
 * - `chat`: `/api/chat`, parameter `messages`.
 * - `openai`: `/v1/chat/completions`, parameter `messages`; the form of OpenSearch's agents and RAG pipelines.
 */
export const ChatApi = {
  /** `/api/generate`. */
  generate: "generate",
  /** `/api/chat`. */
  chat: "chat",
  /** `/v1/chat/completions`. */
  openai: "openai",
} as const;

export const CHAT_APIS: readonly string[] = Object.values(ChatApi);
