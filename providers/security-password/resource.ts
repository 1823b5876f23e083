import * as pulumi from "@pulumi/pulumi";
import { dynamicProperties, secretText } from "../dynamic/resource";
import { typeToken } from "../dynamic/stored-text";
import { type ConnectionArgs, connectionInput } from "../shared/connection-args";
import type { Timeouts } from "../shared/timeouts";

/** Inputs of a `SecurityPassword`. */
export interface SecurityPasswordArgs {
  /**
   * How to reach the cluster. The connection's user must be allowed to use the security plugin's API. A reserved user such
   * as `admin` needs an administrator's client certificate (`plugins.security.authcz.admin_dn`).
   */
  connection: pulumi.Input<ConnectionArgs>;
  /** Name of an existing internal user. A new name replaces the resource; the old user keeps its password. */
  username: pulumi.Input<string>;
  /** The password. The server judges how strong it is. Encrypted in the state, also when given as plain text. */
  password: pulumi.Input<string>;
  /** Deadlines in seconds. */
  timeouts?: pulumi.Input<Timeouts>;
}

/**
 * The password of an existing internal user, such as the reserved `admin`. Use it to rotate a password. A `SecurityUser`
 * manages its own.
 *
 * The password is written only if the user cannot sign in with it yet, so the next run completes one that was killed. A
 * refresh signs in, and so detects a password that somebody else changed; the next update sets it again. Deleting the
 * resource leaves the user and its password unchanged.
 *
 * Resources that sign in with this password must depend on this one.
 *
 * @example
 * ```ts
 * const config = new pulumi.Config();
 * const admin = new SecurityPassword("admin", {
 *   connection: {
 *     endpoint: "https://localhost:9200",
 *     caCertificate: config.require("ca"),
 *     clientCertificate: config.require("administratorCertificate"),
 *     clientKey: config.requireSecret("administratorKey"),
 *   },
 *   username: "admin",
 *   password: config.requireSecret("opensearchPassword"),
 * });
 * ```
 */
export class SecurityPassword extends pulumi.CustomResource {
  /** The user's name, the same as `.id`. */
  declare readonly username: pulumi.Output<string>;
  /** The password. Secret. */
  declare readonly password: pulumi.Output<string>;
  /** Whether the last create, update or refresh could sign in with the password. */
  declare readonly inForce: pulumi.Output<boolean>;
  /** UUID of the cluster. */
  declare readonly clusterUuid: pulumi.Output<string>;

  constructor(name: string, args: SecurityPasswordArgs, opts?: pulumi.CustomResourceOptions) {
    const properties = {
      inForce: undefined,
      clusterUuid: undefined,
      ...args,
      password: secretText(args.password),
      connection: connectionInput(args.connection),
    };
    const secrets: pulumi.CustomResourceOptions = { additionalSecretOutputs: ["password"] };
    super(
      typeToken("SecurityPassword"),
      name,
      dynamicProperties("SecurityPassword", name, properties, opts),
      pulumi.mergeOptions(secrets, opts),
    );
  }
}
