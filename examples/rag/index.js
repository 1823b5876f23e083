// A chat stack with an embedding model and an index of passages. After pulumi up:
//   npx ollama-chat rag ingest documents
//   npx ollama-chat rag ask "How many days of annual leave does everybody have?"
const pulumi = require("@pulumi/pulumi");
const { OllamaChatStack, OllamaRagStack } = require("pulumi-ollama-chat");

const config = new pulumi.Config();
const [openSearch, ollama] = [config.get("opensearchEndpoint"), config.get("ollamaEndpoint")];
if (!config.get("opensearchPassword")) {
  throw new pulumi.RunError("opensearchPassword is missing: pulumi config set --secret opensearchPassword '...'");
}
const password = config.requireSecret("opensearchPassword");

const chat = new OllamaChatStack("chat", {
  opensearch: openSearch
    ? { existing: { endpoint: openSearch, username: "admin", password } }
    : { adminPassword: password },
  ollama: ollama ? { existing: { endpoint: ollama } } : {},
  modelOptions: { num_predict: 256 },
});

// One chat stack can serve several document sets, each with its own component.
const handbook = new OllamaRagStack("handbook", { chat, embeddingModel: "all-minilm" });

// The ollama-chat commands read servers, model and index from these outputs.
module.exports = { ...chat.outputs(), ...handbook.outputs() };
