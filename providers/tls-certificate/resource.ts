import * as pulumi from "@pulumi/pulumi";
import { dynamicProperties } from "../dynamic/resource";
import { typeToken } from "../dynamic/stored-text";

/** Inputs of a `TlsCertificate`. */
export interface TlsCertificateArgs {
  /** Host names by which clients reach the server, for example `["localhost", "opensearch"]`; `*.` is allowed. */
  dnsNames: pulumi.Input<pulumi.Input<string>[]>;
  /** Addresses by which clients reach the server, for example `["127.0.0.1"]`. Default: none. */
  ipAddresses?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * The certificate's subject is exactly `CN=<commonName>`: put that into OpenSearch's `plugins.security.nodes_dn`.
   * @default "ollama-chat-node"
   */
  commonName?: pulumi.Input<string>;
  /**
   * Names the authority: `CN=<organization> CA <digits>, O=<organization>`. Another one replaces the resource.
   * @default "pulumi-ollama-chat"
   */
  organization?: pulumi.Input<string>;
  /**
   * Life of the certificate in days, 3650 at most; its authority lives 3650 days longer.
   * @default 825, the most that Apple's TLS stack accepts (https://support.apple.com/en-us/103769)
   */
  validityDays?: pulumi.Input<number>;
  /**
   * How many days before the end `pulumi refresh` finds that a renewal is due; the next `pulumi up` then renews.
   * @default 30
   */
  renewBeforeDays?: pulumi.Input<number>;
}

/**
 * A private authority and a certificate under it, for a server of one's own and for the nodes of one cluster among
 * each other. Keys are ECDSA P-256 in PKCS#8, secrets in the state.
 *
 * Both are made once, when the resource is created. Other names, another life, or an end that comes near make a new
 * certificate under the same authority, so clients that trust `caCertificatePem` need no change. That is what the
 * authority's key is kept for, as a secret output: whoever can decrypt the state can sign with it.
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
  /** PEM of the authority: what clients trust. */
  declare readonly caCertificatePem: pulumi.Output<string>;
  /** PKCS#8 PEM of the authority's key. Secret. */
  declare readonly caPrivateKeyPem: pulumi.Output<string>;
  /** End of the authority, ISO 8601. */
  declare readonly caNotAfter: pulumi.Output<string>;
  /** PEM of the certificate. */
  declare readonly certificatePem: pulumi.Output<string>;
  /** PKCS#8 PEM of the certificate's key. Secret. */
  declare readonly privateKeyPem: pulumi.Output<string>;
  /** End of the certificate, ISO 8601. */
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
    const properties = { ...outputs, ...args, ipAddresses: args?.ipAddresses ?? [] };
    super(
      typeToken("TlsCertificate"),
      name,
      dynamicProperties("TlsCertificate", name, properties, opts),
      pulumi.mergeOptions(keys, opts),
    );
  }
}
