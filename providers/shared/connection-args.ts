import * as pulumi from "@pulumi/pulumi";
import { secretText } from "../dynamic/resource";

/** How to sign requests for a managed domain of AWS (Signature Version 4). */
export interface AwsSigningArgs {
  /** Region of the domain, such as `eu-central-1`. */
  region: pulumi.Input<string>;
  /** `es` for a domain of OpenSearch Service, `aoss` for a serverless collection (see `AwsService`). Default: `es`. */
  service?: pulumi.Input<string>;
  /**
   * Access key. Default: AWS's standard chain of credentials (variables, profile, SSO, role), read by the provider when
   * needed, so that no key is in the state. The chain needs the package `@aws-sdk/credential-provider-node`.
   */
  accessKeyId?: pulumi.Input<string>;
  /** Secret key of `accessKeyId`; always encrypted in the state. */
  secretAccessKey?: pulumi.Input<string>;
  /** Session token of a temporary `accessKeyId`; always encrypted in the state. */
  sessionToken?: pulumi.Input<string>;
}

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
  /** Sign requests for a managed domain of AWS, instead of `username` and a password. Default: no signature. */
  aws?: AwsSigningArgs;
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
 * Marks the password, the client key and AWS's keys as secrets, and nothing else, so that previews still show the endpoint. A plain object is
 * not turned into an output: the whole output would be secret. A value that is no connection passes through; the
 * provider's check reports it without a stack trace.
 */
export function connectionInput(connection: pulumi.Input<ConnectionArgs>): pulumi.Input<ConnectionArgs> {
  const isAsync = pulumi.Output.isInstance(connection) || connection instanceof Promise;
  return isAsync ? pulumi.output(connection).apply(marked) : marked(connection);
}

function marked<T extends Pick<ConnectionArgs, "password" | "clientKey" | "aws">>(connection: T) {
  if (typeof connection !== "object" || connection === null) return connection;
  const clientKey = connection.clientKey === undefined ? {} : { clientKey: secretText(connection.clientKey) };
  const aws = connection.aws === undefined ? {} : { aws: markedAws(connection.aws) };
  return { ...connection, password: secretText(connection.password), ...clientKey, ...aws };
}

function markedAws<T extends Pick<AwsSigningArgs, "secretAccessKey" | "sessionToken">>(aws: T) {
  if (typeof aws !== "object" || aws === null) return aws;
  return { ...aws, secretAccessKey: secretText(aws.secretAccessKey), sessionToken: secretText(aws.sessionToken) };
}
