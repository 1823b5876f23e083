import * as pulumi from "@pulumi/pulumi";
import { dynamicProperties } from "../dynamic/resource";
import { typeToken } from "../dynamic/stored-text";
import { type ConnectionArgs, connectionInput } from "../shared/connection-args";
import type { Timeouts } from "../shared/timeouts";

/** Inputs of a `SecurityRoleMapping`. */
export interface SecurityRoleMappingArgs {
  /** How to reach the cluster, as a user who may use the security plugin's API. */
  connection: pulumi.Input<ConnectionArgs>;
  /** The role, which has to exist. Another one replaces the resource. */
  role: pulumi.Input<string>;
  /** Users who have the role; `*` stands for anything. Default: none. */
  users?: pulumi.Input<pulumi.Input<string>[]>;
  /** Backend roles whose holders have it. Default: none. */
  backendRoles?: pulumi.Input<pulumi.Input<string>[]>;
  /** Who holds all of these backend roles has it. Only with mode `own`. Default: none. */
  andBackendRoles?: pulumi.Input<pulumi.Input<string>[]>;
  /** Hosts from which everybody has it. Default: none. */
  hosts?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * `contribute`: entries are added to the mapping, and only those are taken back. `own`: the whole mapping is this
   * resource's, and what others add is drift (see `MappingMode`). A change replaces the resource, the old one first.
   * @default "contribute"
   */
  mode?: pulumi.Input<string>;
  /**
   * With mode `own`: take over a mapping that exists already, instead of failing. Everybody else loses the role.
   * @default false
   */
  adoptExisting?: pulumi.Input<boolean>;
  /** Deadlines in seconds. */
  timeouts?: pulumi.Input<Timeouts>;
}

/**
 * Who has a role of OpenSearch's security plugin. Reserved mappings are refused.
 *
 * By default a mapping may be shared with others: what was there before stays, and what two stacks both add goes with the
 * first that is destroyed, until `pulumi up --refresh` of the other.
 *
 * @example
 * ```ts
 * const admins = new SecurityRoleMapping("admins", {
 *   connection: { endpoint: "https://localhost:9200", username: "admin", passwordEnv: "OPENSEARCH_PASSWORD" },
 *   role: "all_access",
 *   backendRoles: ["platform-team"],
 * });
 * ```
 */
export class SecurityRoleMapping extends pulumi.CustomResource {
  /** UUID of the cluster on which the mapping was made. */
  declare readonly clusterUuid: pulumi.Output<string>;

  constructor(name: string, args: SecurityRoleMappingArgs, opts?: pulumi.CustomResourceOptions) {
    const properties = { clusterUuid: undefined, ...args, connection: connectionInput(args.connection) };
    super(
      typeToken("SecurityRoleMapping"),
      name,
      dynamicProperties("SecurityRoleMapping", name, properties, opts),
      opts,
    );
  }
}
