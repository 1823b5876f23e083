import * as pulumi from "@pulumi/pulumi";
import { organizationNamed } from "../shared/ownership";
import { type ResourceType, storedText, typeToken } from "./stored-text";

/**
 * What the engine is told of a resource of this package besides the program's arguments. It is the dynamic-provider
 * machinery of Pulumi less its closure serializer: the provider's text is a constant (see `storedText`).
 *
 * `owner` is a hidden input that equals the resource's URN. `create` gets neither URN nor name from the engine, and
 * needs one to find what an interrupted run left on the server.
 *
 * A function and no base class: the SDK takes the caller of a `CustomResource`'s own subclass for the line of the
 * program, so with a class between, every position in the state would be one of this package.
 */
export function dynamicProperties(
  type: ResourceType,
  name: string,
  properties: pulumi.Inputs,
  opts: pulumi.CustomResourceOptions | undefined,
): pulumi.Inputs {
  const owned = { owner: urnOf(type, name, opts?.parent), ...organization() };
  return { ...properties, ...owned, __provider: storedText(type) };
}

/** A URN does not name the organization, so stacks of two can have the same URNs. */
function organization(): { ownerOrganization?: string } {
  try {
    const ownerOrganization = organizationNamed(pulumi.getOrganization());
    return ownerOrganization === undefined ? {} : { ownerOrganization };
  } catch {
    // Mocks in a program's tests name none, and the SDK throws then.
    return {};
  }
}

/**
 * The resource's URN without what it depends on. A child's URN is made from its parent's, and a dependency on a component
 * means one on all of its children, so the child would wait for itself for ever (seen with SDK 3.270.0).
 */
function urnOf(type: ResourceType, name: string, parent: pulumi.Resource | undefined): pulumi.Output<string> {
  const urn = pulumi.createUrn(name, typeToken(type), parent);
  return pulumi.output(new Promise<string>((resolve) => void urn.apply(resolve)));
}

/** Encrypts one value in the state, also when the program passes it as a plain string. */
export function secretText(value: pulumi.Input<string> | undefined): pulumi.Output<string> | undefined {
  return value === undefined ? undefined : pulumi.secret(value);
}
