/**
 * The API by which OpenSearch calls Ollama. It determines which parameters callers of `_predict` send.
 *
 * - `generate`: `/api/generate`, parameter `prompt`. RAG pipelines of OpenSearch can use it with
 *   `llm_response_field: "response"`.
 * - `chat`: `/api/chat`, parameter `messages`.
 * - `openai`: `/v1/chat/completions`, parameter `messages`. RAG pipelines can use it unchanged. Conversational agents
 *   send another format and need their own connector.
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
