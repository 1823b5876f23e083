import * as pulumi from "@pulumi/pulumi";
import { secretText } from "../dynamic/resource";

/** `Connection` as a program passes it: each member may be an output. */
export interface ConnectionArgs {
  /** Base URL of the cluster, for example `https://localhost:9200`. */
  endpoint: pulumi.Input<string>;
  /** Further nodes of the same cluster. Default: none. */
  endpoints?: pulumi.Input<pulumi.Input<string>[]>;
  /** User for basic authentication. Default: no authentication. */
  username?: pulumi.Input<string>;
  /** Password of `username`; always encrypted in the state, even when passed as plain text. */
  password?: pulumi.Input<string>;
  /** Name of an environment variable that contains the password; keeps it out of the state. */
  passwordEnv?: pulumi.Input<string>;
  /** PEM of the authority that signed the cluster's certificate. Default: the authorities that Node.js trusts. */
  caCertificate?: pulumi.Input<string>;
  /** Path of a file with that PEM. The provider reads it. */
  caCertificateFile?: pulumi.Input<string>;
  /** PEM of a client certificate, for clusters that know a user by one. Default: none. */
  clientCertificate?: pulumi.Input<string>;
  /** PEM of the client certificate's key; always encrypted in the state, even when passed as plain text. */
  clientKey?: pulumi.Input<string>;
  /** Accept any certificate. For experiments only. Default: false. */
  skipTlsVerify?: pulumi.Input<boolean>;
  /** Longest wait for one answer, in seconds. Default: 30. */
  requestTimeoutSeconds?: pulumi.Input<number>;
  /** How often an idempotent request is retried. Default: 5. */
  maxRetries?: pulumi.Input<number>;
}

/**
 * Marks password and client key as secrets, and nothing else, so that previews still show the endpoint. A plain object is
 * not turned into an output: the whole output would be secret. A value that is no connection passes through; the
 * provider's check reports it without a stack trace.
 */
export function connectionInput(connection: pulumi.Input<ConnectionArgs>): pulumi.Input<ConnectionArgs> {
  const isAsync = pulumi.Output.isInstance(connection) || connection instanceof Promise;
  return isAsync ? pulumi.output(connection).apply(marked) : marked(connection);
}

function marked<T extends Pick<ConnectionArgs, "password" | "clientKey">>(connection: T) {
  if (typeof connection !== "object" || connection === null) return connection;
  const clientKey = connection.clientKey === undefined ? {} : { clientKey: secretText(connection.clientKey) };
  return { ...connection, password: secretText(connection.password), ...clientKey };
}
