import type { Breaks } from "./break";

const ML = "/_plugins/_ml";

const autoDeployOff = { "plugins.ml_commons.model_auto_deploy.enable": false };

export const OBJECT_BREAKS: Breaks = {
  "group-missing": {
    how: "the group was deleted outside of Pulumi",
    break: (world) => {
      world.outputs.modelGroupId = "gone";
    },
    check: "model-group",
    seen: "gone is not there",
  },
  "connector-missing": {
    how: "the connector was dropped after its model was moved by hand to one that is not there",
    break: (world) => world.api("PUT", `${ML}/models/${world.modelId}`, { connector_id: "dropped" }),
    check: "connector",
    seen: "dropped is not there",
  },
  "connector-moved": {
    how: "the model was moved to another connector by hand",
    break: async (world) => {
      const was = world.connectorId;
      const model = world.modelId;
      await world.useConnector({ ...world.preset, description: "another" });
      await world.api("PUT", `${ML}/models/${model}`, { connector_id: world.connectorId });
      Object.assign(world.outputs, { connectorId: was, modelId: model });
    },
    check: "connector",
    status: "warn",
    seen: /^the model uses \S+, the stack's is \S+$/,
  },
  "model-missing": {
    how: "the model was deleted outside of Pulumi",
    break: (world) => {
      world.outputs.modelId = "gone";
    },
    check: "model",
    seen: "gone is not there",
  },
  "model-undeployed": {
    how: "the model was undeployed, and no question deploys it",
    break: async (world) => {
      await world.settings(autoDeployOff);
      await world.undeploy();
    },
    check: "model-state",
    seen: "UNDEPLOYED",
  },
  "model-deploy-failed": {
    how: "the last deployment failed, since the connector was away for a while",
    break: (world) => world.failToDeploy(),
    check: "model-state",
    seen: /^DEPLOY_FAILED: node \S+: Failed to find connector:gone$/,
  },
  "auto-deploy-off": {
    how: "loading at the first question is switched off",
    break: (world) => world.settings(autoDeployOff),
    check: "auto-deploy",
    status: "warn",
    seen: "off: after a restart the model answers only once it is deployed again",
  },
  "model-disabled": {
    how: "the model is disabled",
    break: (world) => world.api("PUT", `${ML}/models/${world.modelId}`, { is_enabled: false }),
    check: "model-enabled",
    seen: "is_enabled is false",
  },
  "settings-frozen": {
    how: "private_ip_enabled was off when the model was deployed, and is on by now",
    break: async (world) => {
      await world.settings({ "plugins.ml_commons.connector.private_ip_enabled": false });
      await world.deployAnew();
      await world.settings({ "plugins.ml_commons.connector.private_ip_enabled": true });
    },
    check: "predict",
    seen: /answered 400 illegal_argument_exception: Remote inference host name has private ip address: 127\.0\.0\.1$/,
  },
};
