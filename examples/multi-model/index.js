// One Ollama, three models on OpenSearch, each with settings of its own. Ask one by its alias:
// npx ollama-chat ask --model brief "Why is the sky blue?"
const pulumi = require("@pulumi/pulumi");
const { OllamaChatStack } = require("pulumi-ollama-chat");

const config = new pulumi.Config();
if (!config.get("opensearchPassword")) {
  throw new pulumi.RunError("opensearchPassword is missing: pulumi config set --secret opensearchPassword '...'");
}
const password = config.requireSecret("opensearchPassword");
const endpoint = config.get("opensearchEndpoint");
const ollamaEndpoint = config.get("ollamaEndpoint");
const name = config.require("model");

const stack = new OllamaChatStack("chat", {
  opensearch: endpoint ? { existing: { endpoint, username: "admin", password } } : { adminPassword: password },
  ...(ollamaEndpoint ? { ollama: { existing: { endpoint: ollamaEndpoint } } } : {}),
  models: [
    // Conversations, with room for a long history. The first model is the one that `ollama-chat ask` asks by default.
    { name, alias: "talk", api: "chat", modelOptions: { num_ctx: 4096, num_predict: 128 } },
    // One-line answers that are always the same, for other programs.
    { name, alias: "brief", api: "generate", modelOptions: { num_predict: 32, temperature: 0, seed: 7 } },
    // For clients and pipelines that speak OpenAI's API.
    { name, alias: "openai", api: "openai", modelOptions: { num_predict: 128 }, readTimeoutSeconds: 120 },
  ],
});

module.exports = stack.outputs();
