import { readFileSync } from "node:fs";
import { Client } from "@opensearch-project/opensearch";
import { ExplainedError } from "../../diagnosis/explained-error";
import { messageOf } from "../../diagnosis/failure";
import { normalUrl } from "../base-url";
import { shownVariable } from "../credentials";
import { proxyOptions } from "../proxies";
import { signing, usesChain } from "./aws";
import type { AwsSigning } from "./aws-signing";
import { OpenSearchServer } from "./server";

/** How to reach an OpenSearch cluster: the `connection` input of every OpenSearch resource. */
export interface Connection {
  /** Base URL of the cluster, for example `https://localhost:9200`. */
  readonly endpoint: string;
  /** More nodes of the same cluster, used in turn with `endpoint`. Default: none. */
  readonly endpoints?: readonly string[];
  /** User for basic authentication. Default: no authentication. */
  readonly username?: string;
  /** Password of `username`; encrypted in the state. */
  readonly password?: string;
  /** Environment variable with the password, read when needed, so that the password is in no state. */
  readonly passwordEnv?: string;
  /** Sign requests for a managed domain of AWS, instead of `username`. */
  readonly aws?: AwsSigning;
  /** PEM of the CA that signed the cluster's certificate. Default: the CAs that Node.js trusts. */
  readonly caCertificate?: string;
  /** Path of a file with that PEM, read when needed. */
  readonly caCertificateFile?: string;
  /** PEM of a client certificate, by which the cluster knows the user. Default: none. */
  readonly clientCertificate?: string;
  /** PEM of the client certificate's key; encrypted in the state. */
  readonly clientKey?: string;
  /** Accept any certificate. For experiments only. Default: false. */
  readonly skipTlsVerify?: boolean;
  /** Time limit of one request, in seconds. Default: 30. */
  readonly requestTimeoutSeconds?: number;
  /** How often a repeatable request is retried after a temporary failure. Default: 5. */
  readonly maxRetries?: number;
}

/** Environment variable that overrides any stored password, for when it was changed outside of Pulumi. */
export const PASSWORD_OVERRIDE = "OLLAMA_CHAT_OPENSEARCH_PASSWORD";

const DEFAULT_REQUEST_TIMEOUT_SECONDS = 30;
const DEFAULT_MAX_RETRIES = 5;
const MAX_SOCKETS = 32;

/**
 * Creates a client for the cluster. Keep and reuse it, because it keeps its sockets open.
 *
 * @param password default: the one in use for this connection
 */
export function openSearch(connection: Connection, password = passwordOf(connection)): OpenSearchServer {
  return new OpenSearchServer({
    client: new Client({
      ...(connection.aws && signing(connection.aws)),
      nodes: [connection.endpoint, ...(connection.endpoints ?? [])].map(normalUrl),
      auth: connection.username === undefined ? undefined : { username: connection.username, password: password ?? "" },
      ssl: {
        ca: caOf(connection),
        cert: connection.clientCertificate,
        key: connection.clientKey,
        rejectUnauthorized: connection.skipTlsVerify !== true,
      },
      agent: { keepAlive: true, maxSockets: MAX_SOCKETS, ...proxyOptions(connection.endpoint) },
      // The client would retry creates as well. `OpenSearchServer` retries only what is repeatable.
      maxRetries: 0,
    }),
    endpoint: normalUrl(connection.endpoint),
    requestTimeoutSeconds: connection.requestTimeoutSeconds ?? DEFAULT_REQUEST_TIMEOUT_SECONDS,
    maxRetries: connection.maxRetries ?? DEFAULT_MAX_RETRIES,
  });
}

/** A key that is equal for equal connections, including the password or the keys in use. It is a secret. */
export function serverId(connection: Connection): string {
  return JSON.stringify([connection, passwordOf(connection), usesChain(connection.aws)]);
}

/** The password in use, for authentication and for redaction. */
export function passwordOf(connection: Connection): string | undefined {
  const override = process.env[PASSWORD_OVERRIDE];
  if (override) return override;
  if (connection.passwordEnv === undefined) return connection.password;
  const value = process.env[connection.passwordEnv];
  if (value) return value;
  const variable = shownVariable(connection.passwordEnv);
  throw new ExplainedError({
    what: `The environment variable ${variable}, named by connection.passwordEnv, is not set.`,
    cause: "passwordEnv is read where the provider runs, in the environment of the pulumi command.",
    fix: `Run pulumi with it, for example ${variable}=... pulumi up, or use connection.password.`,
  });
}

/** Whether a text contains a PEM certificate. The client silently ignores anything else. */
export function isPem(text: string): boolean {
  return text.includes("-----BEGIN CERTIFICATE-----");
}

function caOf(connection: Connection): string | undefined {
  if (connection.caCertificateFile === undefined) return connection.caCertificate;
  const text = readCa(connection.caCertificateFile);
  if (isPem(text)) return text;
  throw new ExplainedError({
    what: `The file ${connection.caCertificateFile}, named by connection.caCertificateFile, contains no PEM certificate.`,
    cause: "It is empty, in another form such as DER, or another file.",
    fix: "Use the CA's certificate as text that begins with BEGIN CERTIFICATE. To convert it from DER: openssl x509 -inform der -in FILE -out ca.pem.",
  });
}

function readCa(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new ExplainedError({
      what: `The file ${path}, named by connection.caCertificateFile, cannot be read: ${messageOf(error)}`,
      cause: "The path is read where the provider runs, relative to the folder of the Pulumi program.",
      fix: "Give an absolute path, or put the PEM text into connection.caCertificate.",
    });
  }
}
