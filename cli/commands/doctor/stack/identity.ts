import { resolve } from "node:path";
import { backend } from "../../../../providers/shared/backend";
import { organizationNamed } from "../../../../providers/shared/organization";
import { stackMark } from "../../../../providers/shared/ownership";
import type { StackSelection } from "../../../access/pulumi";
import type { StackState } from "./state";

/** By what a stack's resources are known on a cluster. */
export interface StackIdentity {
  /** What the URNs of its resources begin with. */
  readonly urns: string;
  /** See `stackMark`: another one than that of a stack of the same name in another backend. */
  readonly mark: string;
}

export function identityOf(
  { name, urns }: StackState,
  { folder = "." }: StackSelection,
  environment: NodeJS.ProcessEnv,
): StackIdentity {
  const [stack, project, organization] = name.split("/").reverse();
  // An old backend in a folder names no project.
  const [first = ""] = urns;
  const begins = /^urn:pulumi:.*?::.*?::/.exec(first)?.[0] ?? `urn:pulumi:${stack}::${project}::`;
  const ownerOrganization = organizationNamed(organization);
  const home = backend({ environment, folder: resolve(folder) });
  return { urns: begins, mark: stackMark({ owner: begins, ownerOrganization }, home) };
}
