import * as pulumi from "@pulumi/pulumi";
import { presetInputs, type World } from "./world";

/** The engine runs the provider in the program's folder, which has this file. */
const TEXT = 'exports.handler = () => require("./do-nothing-provider.js").provider;';

/** A dynamic resource made the same way as ours, whose provider does nothing. */
class DoNothing extends pulumi.CustomResource {
  constructor(type: string, name: string, args: pulumi.Inputs, opts?: pulumi.CustomResourceOptions) {
    super(`pulumi-nodejs:dynamic/bench:${type}`, name, { ...args, __provider: TEXT }, opts);
  }
}

// The engine's floor: the same number of resources with the same inputs and dependencies, and nothing behind them.
const { endpoint, modelServer, group, models, settings } = new pulumi.Config().requireObject<World>("world");
const connection = { endpoint };
const setting = new DoNothing("ClusterSetting", "settings", { connection, settings });
const modelGroup = new DoNothing("ModelGroup", "group", { connection, name: group });
for (let i = 0; i < models; i += 1) {
  const inputs = { connection, ...presetInputs(modelServer) };
  const connector = new DoNothing("Connector", `connector-${i}`, inputs, { dependsOn: setting });
  const ids = { modelGroupId: modelGroup.id, connectorId: connector.id };
  new DoNothing("DeployedModel", `model-${i}`, { connection, ...ids });
}
