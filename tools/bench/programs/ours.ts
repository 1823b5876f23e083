import * as pulumi from "@pulumi/pulumi";
import { ClusterSetting, Connector, DeployedModel, ModelGroup } from "../../../lib";
import { presetInputs, type World } from "./world";

const { endpoint, modelServer, group, models, settings } = new pulumi.Config().requireObject<World>("world");
const connection = { endpoint };
const setting = new ClusterSetting("settings", { connection, settings });
const modelGroup = new ModelGroup("group", { connection, name: group });
for (let i = 0; i < models; i += 1) {
  const inputs = { connection, ...presetInputs(modelServer) };
  const connector = new Connector(`connector-${i}`, inputs, { dependsOn: setting });
  new DeployedModel(`model-${i}`, { connection, modelGroupId: modelGroup.id, connectorId: connector.id });
}
