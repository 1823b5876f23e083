import * as pulumi from "@pulumi/pulumi";

/** Found from the folder of the program, in which the engine runs the provider; shorter than what ours stores. */
const TEXT = 'exports.handler = () => require("./do-nothing-provider.js").provider;';

/** A dynamic resource by the same means as ours, whose provider does nothing. */
export class DoNothing extends pulumi.CustomResource {
  constructor(type: string, name: string, args: pulumi.Inputs, opts?: pulumi.CustomResourceOptions) {
    super(`pulumi-nodejs:dynamic/bench:${type}`, name, { ...args, __provider: TEXT }, opts);
  }
}
