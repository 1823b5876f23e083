import { createHmac } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { SecurityPassword } from "../providers/security-password/resource";
import type { ConnectionArgs } from "../providers/shared/connection-args";
import { TlsCertificate } from "../providers/tls-certificate/resource";
import type { DockerContext } from "./docker-parts";
import { requireStrongPassword } from "./password-strength";

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

/** The client certificate by which the stack is an administrator of the security plugin, signed by the nodes' CA. */
export function createAdministrator({ name, options, transform }: DockerContext, ca: TlsCertificate): TlsCertificate {
  const args = {
    commonName: ADMINISTRATOR,
    dnsNames: [ADMINISTRATOR],
    authority: { certificatePem: ca.caCertificatePem, privateKeyPem: ca.caPrivateKeyPem },
  };
  return new TlsCertificate(`${name}-admin-tls`, transform.adminCertificate?.(args) ?? args, options);
}

/** How the administrator reaches a node. */
export function asAdministrator(
  ca: TlsCertificate,
  administrator: TlsCertificate,
  endpoint: pulumi.Input<string>,
): ConnectionArgs {
  return {
    endpoint,
    caCertificate: ca.caCertificatePem,
    clientCertificate: administrator.certificatePem,
    clientKey: administrator.privateKeyPem,
  };
}

interface AdminPassword {
  readonly context: DockerContext;
  readonly connection: ConnectionArgs;
  readonly password: pulumi.Input<string>;
  readonly dependsOn: pulumi.Resource[];
}

/**
 * Sets the password of `admin`, and changes it on a running cluster. The image reserves `admin`, so this needs an
 * administrator's client certificate.
 */
export function createAdminPassword({ context, connection, password, dependsOn }: AdminPassword): SecurityPassword {
  const { name, options, transform } = context;
  const args = {
    connection,
    username: ADMIN,
    password: pulumi.secret(password).apply((text) => requireStrongPassword(text, name)),
  };
  return new SecurityPassword(`${name}-admin-password`, transform.adminPassword?.(args) ?? args, {
    ...options,
    dependsOn,
  });
}
