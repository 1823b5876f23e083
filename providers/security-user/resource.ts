import * as pulumi from "@pulumi/pulumi";
import { dynamicProperties, secretText } from "../dynamic/resource";
import { typeToken } from "../dynamic/stored-text";
import { type ConnectionArgs, connectionInput } from "../shared/connection-args";
import type { Timeouts } from "../shared/timeouts";

/** Inputs of a `SecurityUser`. */
export interface SecurityUserArgs {
  /** How to reach the cluster, as a user who may use the security plugin's API. */
  connection: pulumi.Input<ConnectionArgs>;
  /**
   * Must be unique in the cluster, without a colon. A new name replaces the user.
   * @default the resource's name and a hash of its URN
   */
  name?: pulumi.Input<string>;
  /**
   * The server judges how strong it is. Encrypted in the state, also when given as plain text.
   * @default a random one, generated once and stored in the state; see the output `password`
   */
  password?: pulumi.Input<string>;
  /**
   * Free text.
   * @default a text that names the resource, its project and stack; only the cluster stores it, not the state
   */
  description?: pulumi.Input<string>;
  /** Backend roles, which role mappings and restricted model groups refer to. Default: none. */
  backendRoles?: pulumi.Input<pulumi.Input<string>[]>;
  /** Roles that the user has without a mapping (`opendistro_security_roles`). They must exist. Default: none. */
  securityRoles?: pulumi.Input<pulumi.Input<string>[]>;
  /** Texts that a role's `dls` and index patterns can refer to, as in `${attr.internal.team}`. Default: none. */
  attributes?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * Take over a user of this name that exists already, instead of failing.
   * @default false
   */
  adoptExisting?: pulumi.Input<boolean>;
  /** Deadlines in seconds. */
  timeouts?: pulumi.Input<Timeouts>;
}

/**
 * An internal user of OpenSearch's security plugin. Reserved users, such as `admin` of the official image, are refused.
 *
 * Everything but the name changes in place. The server never shows a password, so a refresh cannot tell whether somebody
 * else set another one.
 *
 * @example
 * ```ts
 * const reader = new SecurityUser("reader", {
 *   connection: { endpoint: "https://localhost:9200", username: "admin", passwordEnv: "OPENSEARCH_PASSWORD" },
 *   securityRoles: ["readall"],
 * });
 * export const password = reader.password;
 * ```
 */
export class SecurityUser extends pulumi.CustomResource {
  /** The user's name, the same as `.id`. */
  declare readonly name: pulumi.Output<string>;
  /** The password, given or generated. Secret. */
  declare readonly password: pulumi.Output<string>;
  /** UUID of the cluster on which the user was made. */
  declare readonly clusterUuid: pulumi.Output<string>;

  constructor(name: string, args: SecurityUserArgs, opts?: pulumi.CustomResourceOptions) {
    const properties = {
      name: undefined,
      clusterUuid: undefined,
      ...args,
      password: secretText(args.password),
      connection: connectionInput(args.connection),
    };
    const secrets: pulumi.CustomResourceOptions = { additionalSecretOutputs: ["password"] };
    super(
      typeToken("SecurityUser"),
      name,
      dynamicProperties("SecurityUser", name, properties, opts),
      pulumi.mergeOptions(secrets, opts),
    );
  }
}
