import { openSearch } from "../../../../clients/opensearch/connect";
import { deleteConnector, patchConnector } from "../../../../clients/opensearch/connectors";
import { deleteModelGroup } from "../../../../clients/opensearch/model-groups";
import { deleteModel } from "../../../../clients/opensearch/models";
import { modelGroupLifecycle } from "../../../../providers/model-group/lifecycle";
import { created, urn } from "../../lifecycle-support";
import type { DoctorWorld } from "../world";
import type { Breaks } from "./break";

const ML = "/_plugins/_ml";

async function undeployed(world: DoctorWorld): Promise<void> {
  await world.api("POST", `${ML}/models/${world.modelId}/_undeploy`);
}

const autoDeployOff = { "plugins.ml_commons.model_auto_deploy.enable": false };

export const OBJECT_BREAKS: Breaks = {
  "group-name-taken": {
    how: "a group of this name was left behind by another tool",
    operation: (world) => {
      const { connection } = world;
      return created(modelGroupLifecycle, { connection, name: "chat-group", owner: urn("ModelGroup", "other") });
    },
    seen: /The name you provided is already being used by a model group with ID: \S+\./,
  },
  "group-missing": {
    how: "the group was deleted outside of Pulumi",
    break: (world) => {
      world.outputs.modelGroupId = "gone";
    },
    check: "model-group",
    seen: "gone is not there",
  },
  "group-in-use": {
    how: "somebody deletes a group that has models",
    operation: (world) => deleteModelGroup(openSearch(world.connection), world.groupId),
    seen: /Cannot delete the model group when it has associated model versions/,
  },
  "credential-missing": {
    how: "a connector is made by hand, without a credential",
    operation: (world) => world.refused("POST", `${ML}/connectors/_create`, { ...world.connectorBody, credential: {} }),
    seen: /Connector credential is null or empty list/,
  },
  "connector-edit-refused": {
    how: "somebody edits a connector that a deployed model uses",
    operation: (world) =>
      patchConnector(openSearch(world.connection), world.connectorId, { parameters: { model: "x" }, credential: {} }),
    seen: /1 models are still using this connector, please undeploy the models first: \[\S+\]/,
  },
  "connector-in-use": {
    how: "somebody deletes a connector that a model uses",
    operation: (world) => deleteConnector(openSearch(world.connection), world.connectorId),
    seen: /1 models are still using this connector, please delete or update the models first: \[\S+\]/,
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
  "model-still-deployed": {
    how: "a delete comes before the undeployment is through",
    operation: (world) => deleteModel(openSearch(world.connection), world.modelId),
    seen: /Model cannot be deleted in deploying or deployed state\. Try undeploy model first then delete/,
  },
  "model-undeployed": {
    how: "the model was undeployed, and no question deploys it",
    break: async (world) => {
      await world.settings(autoDeployOff);
      await undeployed(world);
    },
    check: "model-state",
    seen: "UNDEPLOYED",
  },
  "model-deploy-failed": {
    how: "the last deployment failed",
    break: async (world) => {
      await undeployed(world);
      const error = "no space left on device";
      world.emulator.faults.add({ action: { kind: "deploy-fails", error } });
      await world.api("POST", `${ML}/models/${world.modelId}/_deploy`);
      await world.until("DEPLOY_FAILED");
    },
    check: "model-state",
    seen: /^DEPLOY_FAILED: node \S+: no space left on device$/,
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
      await undeployed(world);
      await world.api("POST", `${ML}/models/${world.modelId}/_deploy`);
      await world.until("DEPLOYED");
      await world.settings({ "plugins.ml_commons.connector.private_ip_enabled": true });
    },
    check: "predict",
    seen: /answered 400 illegal_argument_exception: Remote inference host name has private ip address: 127\.0\.0\.1$/,
  },
};
