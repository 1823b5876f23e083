import * as pulumi from "@pulumi/pulumi";
import { dynamicProperties } from "../dynamic/resource";
import { typeToken } from "../dynamic/stored-text";

/** Inputs of a `TlsCertificate`. */
export interface TlsCertificateArgs {
  /** Host names that clients use, for example `["localhost", "opensearch"]`. `*.` is allowed. */
  dnsNames: pulumi.Input<pulumi.Input<string>[]>;
  /** IP addresses that clients use, for example `["127.0.0.1"]`. Default: none. */
  ipAddresses?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * The certificate's subject is exactly `CN=<commonName>`. Put it into OpenSearch's `plugins.security.nodes_dn`.
   * @default "ollama-chat-node"
   */
  commonName?: pulumi.Input<string>;
  /**
   * The CA's name: `CN=<organization> CA <digits>, O=<organization>`. A change replaces the resource.
   * @default "pulumi-ollama-chat"
   */
  organization?: pulumi.Input<string>;
  /**
   * Validity of the certificate in days, at most 3650. Its CA is valid 3650 days longer.
   * @default 825, the most that Apple's TLS stack accepts (https://support.apple.com/en-us/103769)
   */
  validityDays?: pulumi.Input<number>;
  /**
   * How many days before expiry `pulumi refresh` reports that a renewal is due. The next `pulumi up` then renews.
   * @default 30
   */
  renewBeforeDays?: pulumi.Input<number>;
  /**
   * The CA of another `TlsCertificate` that shall sign, for a further node or for a client's certificate. A change makes a
   * new certificate in place.
   * @default a CA of its own
   */
  authority?: pulumi.Input<TlsAuthorityArgs>;
}

/** A CA that signs: `{ certificatePem: tls.caCertificatePem, privateKeyPem: tls.caPrivateKeyPem }`. */
export interface TlsAuthorityArgs {
  /** PEM of the CA's certificate. */
  certificatePem: pulumi.Input<string>;
  /** PKCS#8 PEM of the CA's key, ECDSA on P-256. Encrypted in the state, also when given as plain text. */
  privateKeyPem: pulumi.Input<string>;
}

/**
 * A private CA and a certificate signed by it, for your own server and for the nodes of a cluster. Keys are ECDSA P-256
 * in PKCS#8, and secret in the state.
 *
 * Both are made when the resource is created. Changed names or validity, or an approaching expiry, make a new
 * certificate under the same CA, so clients that trust `caCertificatePem` need no change. The CA's key is kept for
 * this, as a secret output: anyone who can decrypt the state can sign with it.
 *
 * @example
 * ```ts
 * const tls = new TlsCertificate("opensearch", {
 *   dnsNames: ["localhost", "opensearch"],
 *   ipAddresses: ["127.0.0.1"],
 *   commonName: "opensearch-node",
 * });
 * export const caCertificate = tls.caCertificatePem;
 * ```
 */
export class TlsCertificate extends pulumi.CustomResource {
  /** PEM of the CA certificate, which clients trust. */
  declare readonly caCertificatePem: pulumi.Output<string>;
  /** PKCS#8 PEM of the CA's key. Secret. */
  declare readonly caPrivateKeyPem: pulumi.Output<string>;
  /** Expiry of the CA certificate, ISO 8601. */
  declare readonly caNotAfter: pulumi.Output<string>;
  /** PEM of the certificate. */
  declare readonly certificatePem: pulumi.Output<string>;
  /** PKCS#8 PEM of the certificate's key. Secret. */
  declare readonly privateKeyPem: pulumi.Output<string>;
  /** Expiry of the certificate, ISO 8601. */
  declare readonly notAfter: pulumi.Output<string>;
  /** True if the last refresh found that a renewal is due. */
  declare readonly renewalDue: pulumi.Output<boolean>;

  constructor(name: string, args: TlsCertificateArgs, opts?: pulumi.CustomResourceOptions) {
    const outputs = {
      caCertificatePem: undefined,
      caPrivateKeyPem: undefined,
      caNotAfter: undefined,
      certificatePem: undefined,
      privateKeyPem: undefined,
      notAfter: undefined,
      renewalDue: undefined,
    };
    const keys: pulumi.CustomResourceOptions = { additionalSecretOutputs: ["privateKeyPem", "caPrivateKeyPem"] };
    const authority = args?.authority === undefined ? {} : { authority: pulumi.secret(args.authority) };
    const properties = { ...outputs, ...args, ...authority, ipAddresses: args?.ipAddresses ?? [] };
    super(
      typeToken("TlsCertificate"),
      name,
      dynamicProperties("TlsCertificate", name, properties, opts),
      pulumi.mergeOptions(keys, opts),
    );
  }
}
