// Ollama on a machine with a GPU, whose Docker is reached over ssh, and OpenSearch on this one.
const docker = require("@pulumi/docker");
const pulumi = require("@pulumi/pulumi");
const { OllamaChatStack } = require("pulumi-ollama-chat");

const config = new pulumi.Config();
if (!config.get("opensearchPassword")) {
  throw new pulumi.RunError("opensearchPassword is missing: pulumi config set --secret opensearchPassword '...'");
}

const chat = new OllamaChatStack("chat", {
  model: config.require("model"),
  opensearch: { adminPassword: config.requireSecret("opensearchPassword") },
  ollama: {
    docker: new docker.Provider("gpu-box", { host: config.require("dockerHost") }),
    gpus: config.get("gpus") || undefined,
    // Ollama asks nobody for a password. A firewall there should let in this machine alone.
    publishAddress: config.require("publishAddress"),
    hostname: config.get("hostname") || undefined,
  },
});

module.exports = chat.outputs();
