import * as pulumi from "@pulumi/pulumi";
import { type ResourceType, storedText, typeToken } from "./stored-text";

/**
 * Base of this package's resources. It is the dynamic-provider machinery of Pulumi less its closure serializer:
 * the provider's text is a constant (see `storedText`).
 *
 * `owner` is a hidden input that equals the resource's URN. `create` gets neither URN nor name from the engine, and
 * needs one to find what an interrupted run left on the server.
 */
export abstract class OllamaChatResource extends pulumi.CustomResource {
  constructor(type: ResourceType, name: string, properties: pulumi.Inputs, opts?: pulumi.CustomResourceOptions) {
    const token = typeToken(type);
    const owner = withoutDependencies(pulumi.createUrn(name, token, opts?.parent));
    super(token, name, { ...properties, owner, __provider: storedText(type) }, opts);
  }
}

/**
 * The same value without what it depends on. A child's URN is made from its parent's, and a dependency on a component
 * means one on all of its children, so the child would wait for itself for ever (seen with SDK 3.270.0).
 */
function withoutDependencies(urn: pulumi.Output<string>): pulumi.Output<string> {
  return pulumi.output(new Promise<string>((resolve) => void urn.apply(resolve)));
}

/** Encrypts one value in the state, also when the program passes it as a plain string. */
export function secretText(value: pulumi.Input<string> | undefined): pulumi.Output<string> | undefined {
  return value === undefined ? undefined : pulumi.secret(value);
}
