/**
 * How OpenSearch speaks to Ollama, and so what callers of `_predict` send.
 *
 * - `generate`: `/api/generate`, parameter `prompt`. RAG pipelines of OpenSearch take it, too, with
 *   `llm_response_field: "response"`.
 * - `chat`: `/api/chat`, parameter `messages`.
 * - `openai`: `/v1/chat/completions`, parameter `messages`. RAG pipelines take it as it is; conversational agents send
 *   another form and need a connector of their own.
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
