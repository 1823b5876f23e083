import * as pulumi from "@pulumi/pulumi";
import { DoNothing } from "./do-nothing";
import { presetInputs } from "./inputs";
import type { World } from "./world";

// The engine's floor: the same number of resources with the same inputs and dependencies, and nothing behind them.
const { connection, modelServer, group, models, settings } = new pulumi.Config().requireObject<World>("world");
const setting = settings && new DoNothing("ClusterSetting", "settings", { connection, settings });
const dependsOn = setting === undefined ? [] : [setting];
const modelGroup = new DoNothing("ModelGroup", "group", { connection, name: group });
for (let i = 0; i < models; i += 1) {
  const inputs = { connection, ...presetInputs(modelServer) };
  const connector = new DoNothing("Connector", `connector-${i}`, inputs, { dependsOn });
  new DoNothing("DeployedModel", `model-${i}`, {
    connection,
    modelGroupId: modelGroup.id,
    connectorId: connector.id,
  });
}
