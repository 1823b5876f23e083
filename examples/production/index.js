// A chat stack for a server that others use: limits, data that outlives the stack, and a user who may ask and nothing else.
// The admin's password is rotated by setting another one: pulumi config set --secret opensearchPassword, pulumi up.
const pulumi = require("@pulumi/pulumi");
const { OllamaChatStack } = require("pulumi-ollama-chat");

const config = new pulumi.Config();

const chat = new OllamaChatStack("chat", {
  model: "smollm2:135m",
  modelOptions: { num_predict: 64 },
  opensearch: {
    image: config.require("opensearchImage"),
    port: config.requireNumber("opensearchPort"),
    adminPassword: config.requireSecret("opensearchPassword"),
    heap: "1g",
    memory: "2g",
    cpus: 2,
    retainData: true,
  },
  ollama: {
    image: config.require("ollamaImage"),
    port: config.requireNumber("ollamaPort"),
    memory: "4g",
    cpus: 2,
    keepAlive: "-1",
    retainModels: true,
  },
});

// What callers need. Nobody else gets the admin's password.
exports.predictUrl = chat.predictUrl;
exports.api = chat.api;
exports.predictUsername = chat.predictUsername;
exports.predictPassword = chat.predictPassword;
exports.opensearchCaCertificate = chat.opensearchCaCertificate;
