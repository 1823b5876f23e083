import * as pulumi from "@pulumi/pulumi";
import { secretText } from "../dynamic/resource";

/** `Connection` as a program writes it: each member may be the output of another resource. */
export interface ConnectionArgs {
  /** Base URL of the cluster, for example `https://localhost:9200`. */
  endpoint: pulumi.Input<string>;
  /** Further nodes of the same cluster. Default: none. */
  endpoints?: pulumi.Input<pulumi.Input<string>[]>;
  /** User for basic authentication. Default: no authentication. */
  username?: pulumi.Input<string>;
  /** Password of `username`; encrypted in the state, also when given as plain text. */
  password?: pulumi.Input<string>;
  /** Name of an environment variable with the password; keeps it out of the state. */
  passwordEnv?: pulumi.Input<string>;
  /** PEM of the authority that signed the cluster's certificate. Default: those Node.js trusts. */
  caCertificate?: pulumi.Input<string>;
  /** Path of a file with that PEM, read in the provider. */
  caCertificateFile?: pulumi.Input<string>;
  /** Accept any certificate. For experiments only. Default: false. */
  skipTlsVerify?: pulumi.Input<boolean>;
  /** Longest wait for one answer, in seconds. Default: 30. */
  requestTimeoutSeconds?: pulumi.Input<number>;
  /** How often a repeatable request is tried again. Default: 5. */
  maxRetries?: pulumi.Input<number>;
}

/**
 * What is no connection is passed on as it is: the provider's check names it, a program would end with a stack.
 * Marks the password as a secret: only that leaf, so that the endpoint stays readable in previews. An object is
 * marked as it stands, since an output made of it would be secret as a whole once any member is.
 */
export function connectionInput(connection: pulumi.Input<ConnectionArgs>): pulumi.Input<ConnectionArgs> {
  const isLater = pulumi.Output.isInstance(connection) || connection instanceof Promise;
  return isLater ? pulumi.output(connection).apply(marked) : marked(connection);
}

function marked<T extends { password?: pulumi.Input<string> }>(connection: T) {
  return typeof connection === "object" && connection !== null
    ? { ...connection, password: secretText(connection.password) }
    : connection;
}
