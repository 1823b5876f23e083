import * as pulumi from "@pulumi/pulumi";
import { dynamicProperties } from "../dynamic/resource";
import { typeToken } from "../dynamic/stored-text";
import { type ConnectionArgs, connectionInput } from "../shared/connection-args";
import type { Timeouts } from "../shared/timeouts";
import type { IndexPermission, TenantPermission } from "./inputs";

/** Inputs of a `SecurityRole`. */
export interface SecurityRoleArgs {
  /** How to reach the cluster, as a user who may use the security plugin's API. */
  connection: pulumi.Input<ConnectionArgs>;
  /**
   * Unique in the cluster. Another name makes another role.
   * @default the resource's name and a hash of its URN
   */
  name?: pulumi.Input<string>;
  /**
   * Free text.
   * @default a text on the cluster that names the resource, its project and stack; it is not kept in the state
   */
  description?: pulumi.Input<string>;
  /** Actions on the cluster, their patterns, and action groups, such as `cluster:admin/opensearch/ml/predict`. Default: none. */
  clusterPermissions?: pulumi.Input<pulumi.Input<string>[]>;
  /** Rights on indices, such as `[{ indexPatterns: ["logs-*"], allowedActions: ["read"] }]`. Default: none. */
  indexPermissions?: pulumi.Input<pulumi.Input<IndexPermission>[]>;
  /** Rights on tenants of OpenSearch Dashboards. Default: none. */
  tenantPermissions?: pulumi.Input<pulumi.Input<TenantPermission>[]>;
  /**
   * Take over a role of this name that exists already, instead of failing.
   * @default false
   */
  adoptExisting?: pulumi.Input<boolean>;
  /**
   * Delete the role although somebody outside of the stack has it.
   * @default false
   */
  forceDelete?: pulumi.Input<boolean>;
  /** Deadlines in seconds. */
  timeouts?: pulumi.Input<Timeouts>;
}

/**
 * A role of OpenSearch's security plugin: what its holders may do. Roles that are built in or reserved, such as
 * `all_access`, are refused; give them to somebody with a `SecurityRoleMapping`.
 *
 * Everything but the name changes in place. A role that somebody else was given is not deleted (see `forceDelete`).
 *
 * @example
 * ```ts
 * const asker = new SecurityRole("asker", {
 *   connection: { endpoint: "https://localhost:9200", username: "admin", passwordEnv: "OPENSEARCH_PASSWORD" },
 *   clusterPermissions: ["cluster:admin/opensearch/ml/predict"],
 * });
 * ```
 */
export class SecurityRole extends pulumi.CustomResource {
  /** Its name, the same as `.id`. */
  declare readonly name: pulumi.Output<string>;
  /** UUID of the cluster on which the role was made. */
  declare readonly clusterUuid: pulumi.Output<string>;

  constructor(name: string, args: SecurityRoleArgs, opts?: pulumi.CustomResourceOptions) {
    const properties = {
      name: undefined,
      clusterUuid: undefined,
      ...args,
      connection: connectionInput(args.connection),
    };
    super(typeToken("SecurityRole"), name, dynamicProperties("SecurityRole", name, properties, opts), opts);
  }
}
