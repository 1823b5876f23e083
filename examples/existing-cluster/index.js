// The single resources, on an existing cluster and Ollama.
const pulumi = require("@pulumi/pulumi");
const {
  ClusterSetting,
  Connector,
  DeployedModel,
  ModelGroup,
  OllamaModel,
  ollamaChat,
  SettingMode,
  trustedEndpointRegex,
} = require("pulumi-ollama-chat");

const config = new pulumi.Config();
const endpoint = config.require("ollamaEndpoint");
const connection = {
  endpoint: config.require("opensearchEndpoint"),
  username: config.get("opensearchUsername") || undefined,
  // The provider reads the variable, so the password is not in the state.
  passwordEnv: config.get("opensearchUsername") ? "OPENSEARCH_PASSWORD" : undefined,
};

const model = new OllamaModel("smollm2", { endpoint, model: "smollm2:135m" });
const preset = ollamaChat({ endpoint, model: "smollm2:135m", options: { num_predict: 64 } });

const opened = new ClusterSetting("opened", {
  connection,
  mode: SettingMode.contribute,
  settings: {
    "plugins.ml_commons.trusted_connector_endpoints_regex": preset.actions.map(({ url }) => trustedEndpointRegex(url)),
    "plugins.ml_commons.connector.private_ip_enabled": true,
  },
});
const group = new ModelGroup("team", { connection, description: "Models of the search team" });
const connector = new Connector("ollama", { connection, ...preset }, { dependsOn: opened });
const deployed = new DeployedModel(
  "chat",
  { connection, modelGroupId: group.id, connectorId: connector.id, settingsRevision: opened.revision },
  { dependsOn: model },
);

exports.modelId = deployed.id;
