import * as pulumi from "@pulumi/pulumi";
import { ClusterSetting, Connector, DeployedModel, ModelGroup } from "../../../lib";
import { presetInputs } from "./inputs";
import type { World } from "./world";

const { connection, modelServer, group, models, settings } = new pulumi.Config().requireObject<World>("world");
const setting = settings && new ClusterSetting("settings", { connection, settings });
const dependsOn = setting === undefined ? [] : [setting];
const modelGroup = new ModelGroup("group", { connection, name: group });
for (let i = 0; i < models; i += 1) {
  const inputs = { connection, ...presetInputs(modelServer) };
  const connector = new Connector(`connector-${i}`, inputs, { dependsOn });
  new DeployedModel(`model-${i}`, { connection, modelGroupId: modelGroup.id, connectorId: connector.id });
}
