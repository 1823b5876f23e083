// A chat stack whose OpenSearch is a cluster of three nodes. It goes on when one of them is lost, and a change of image or
// heap replaces one after the other.
const pulumi = require("@pulumi/pulumi");
const { OllamaChatStack } = require("pulumi-ollama-chat");

const config = new pulumi.Config();

const chat = new OllamaChatStack("chat", {
  model: "smollm2:135m",
  modelOptions: { num_predict: 64 },
  opensearch: {
    nodes: 3,
    heap: "512m",
    image: config.require("opensearchImage"),
    port: config.requireNumber("opensearchPort"),
    adminPassword: config.requireSecret("opensearchPassword"),
  },
  ollama: { image: config.require("ollamaImage"), port: config.requireNumber("ollamaPort") },
});

// `opensearchEndpoints` among them: clients that know all nodes go on when one is lost.
module.exports = chat.outputs();
