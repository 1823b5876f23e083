import { createHmac } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { SecurityPassword } from "../providers/security-password/resource";
import { TlsCertificate } from "../providers/tls-certificate/resource";
import { requireStrong } from "./admin-password";
import type { DockerContext } from "./docker-parts";

export const ADMIN = "admin";
/** Common name of the administrator's certificate. Has no comma, because it is used in a setting that is a list. */
export const ADMINISTRATOR = "ollama-chat-administrator";

/**
 * The password of `admin` from OpenSearch's first boot until the stack sets its own, some seconds later. OpenSearch reads
 * it only with an empty volume. A change would replace the container, so it is derived from the key of the stack's CA, which
 * stays the same. It is no output.
 */
export function initialPassword({ caPrivateKeyPem }: TlsCertificate): pulumi.Output<string> {
  return pulumi.secret(caPrivateKeyPem).apply((key) => {
    // With Pulumi's mocks, as in a program's own tests, there is no key.
    const digest = createHmac("sha256", String(key)).update("initial password of admin").digest("base64url");
    // One of each kind of characters that the image's installer asks for.
    return `${digest}-aA0`;
  });
}

interface AdminPassword {
  readonly context: DockerContext;
  /** The certificate of OpenSearch's node, whose authority also signs the administrator's. */
  readonly certificate: TlsCertificate;
  readonly endpoint: pulumi.Input<string>;
  readonly password: pulumi.Input<string>;
  readonly dependsOn: pulumi.Resource[];
}

/**
 * Sets the password of `admin`, and changes it on a running cluster. The image reserves `admin`, so this needs an
 * administrator's client certificate.
 */
export function createAdminPassword(admin: AdminPassword): SecurityPassword {
  const { context, certificate, endpoint, dependsOn } = admin;
  const { name, options, transform } = context;
  const { caCertificatePem, caPrivateKeyPem } = certificate;
  const certificateArgs = {
    commonName: ADMINISTRATOR,
    dnsNames: [ADMINISTRATOR],
    authority: { certificatePem: caCertificatePem, privateKeyPem: caPrivateKeyPem },
  };
  const administrator = new TlsCertificate(
    `${name}-admin-tls`,
    transform.adminCertificate?.(certificateArgs) ?? certificateArgs,
    options,
  );
  const args = {
    connection: {
      endpoint,
      caCertificate: caCertificatePem,
      clientCertificate: administrator.certificatePem,
      clientKey: administrator.privateKeyPem,
    },
    username: ADMIN,
    password: pulumi.secret(admin.password).apply((text) => requireStrong(text, name)),
  };
  return new SecurityPassword(`${name}-admin-password`, transform.adminPassword?.(args) ?? args, {
    ...options,
    dependsOn,
  });
}
