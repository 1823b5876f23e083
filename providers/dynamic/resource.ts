import * as pulumi from "@pulumi/pulumi";
import { organizationNamed } from "../shared/organization";
import { type ResourceType, storedText, typeToken } from "./stored-text";

/**
 * The properties of a resource: the program's arguments, hidden inputs, and the provider. These are Pulumi dynamic
 * resources. The state stores a one-line `require` instead of a serialized closure, so delete and refresh always run
 * the installed version (see `storedText`).
 *
 * The hidden input `owner` equals the resource's URN. The engine passes `create` neither URN nor name, and `create`
 * needs one to find what an interrupted run left on the server.
 *
 * Not a base class: the SDK records the caller of a direct subclass of `CustomResource` as the resource's source
 * position. With a class between, all positions in the state would point into this package.
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

/** A URN does not contain the organization, so stacks of two organizations can have the same URNs. */
function organization(): { ownerOrganization?: string } {
  try {
    const ownerOrganization = organizationNamed(pulumi.getOrganization());
    return ownerOrganization === undefined ? {} : { ownerOrganization };
  } catch {
    // The SDK throws if a program's test mocks set no organization.
    return {};
  }
}

/**
 * The resource's URN as an output without dependencies. A child's URN depends on its parent, and depending on a
 * component means depending on all its children, so the child would wait for itself forever (seen with SDK 3.270.0).
 */
function urnOf(type: ResourceType, name: string, parent: pulumi.Resource | undefined): pulumi.Output<string> {
  const urn = pulumi.createUrn(name, typeToken(type), parent);
  return pulumi.output(new Promise<string>((resolve) => void urn.apply(resolve)));
}

/** Marks a value as secret, so that the state stores it encrypted. */
export function secretText(value: pulumi.Input<string> | undefined): pulumi.Output<string> | undefined {
  return value === undefined ? undefined : pulumi.secret(value);
}
