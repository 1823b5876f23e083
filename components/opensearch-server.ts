import { readFileSync } from "node:fs";
import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { applied } from "../providers/dynamic/applied";
import type { ConnectionArgs } from "../providers/shared/connection-args";
import { TlsCertificate } from "../providers/tls-certificate/resource";
import { certificateNames, HOST_GATEWAY } from "./addresses";
import { ADMIN, ADMINISTRATOR, createAdminPassword, initialPassword } from "./admin-user";
import type { OllamaChatStackArgs } from "./args";
import {
  containerArgs,
  createContainer,
  createHealth,
  createImage,
  createVolume,
  type DockerContext,
  dockerHostOf,
} from "./docker-parts";
import { requireHeap } from "./machine";
import { urlAt } from "./places";
import { running } from "./running";

/** Pinned, never `latest`: the version that is tested. */
export const OPENSEARCH_IMAGE = "opensearchproject/opensearch:3.6.0";
export const OPENSEARCH_PORT = 9200;
const ALIAS = "opensearch";
const CONFIG = "/usr/share/opensearch/config";

/** An OpenSearch cluster, ready once `dependsOn` is. */
export interface OpenSearchCluster {
  readonly connection: ConnectionArgs;
  readonly dependsOn: pulumi.Resource[];
}

/**
 * OpenSearch in a container, with certificates of the stack's own CA. It boots with a generated password; the given one is
 * set once it is healthy. The official image sets up well-known demo certificates. All of them are overridden here, for
 * HTTP and transport.
 */
export function createOpenSearch(
  args: OllamaChatStackArgs,
  context: DockerContext,
  network: docker.Network,
  adminPassword: pulumi.Input<string>,
  reachesHost: boolean | pulumi.Output<boolean>,
): OpenSearchCluster {
  const opensearch = args.opensearch ?? {};
  const external = opensearch.port ?? OPENSEARCH_PORT;
  const certificate = createCertificate(context);
  const host = dockerHostOf(context);
  const basic = containerArgs(context, {
    part: "opensearch",
    image: createImage(context, "opensearch", opensearch.image ?? OPENSEARCH_IMAGE),
    network,
    alias: ALIAS,
    volume: createVolume(context, "opensearch", {
      retain: opensearch.retainData ?? false,
      named: opensearch.volume,
      argument: "opensearch.volume",
    }),
    volumePath: "/usr/share/opensearch/data",
    port: { internal: OPENSEARCH_PORT, external },
    envs: environment(
      host.apply((known) => requireHeap(context.name, opensearch, 1, known)),
      initialPassword(certificate),
    ),
    health: { tests: ["CMD-SHELL", HEALTH], interval: "5s", timeout: "1m0s" },
  });
  const made = running(basic, opensearch, {
    path: "opensearch",
    component: context.name,
    host,
  });
  const uploads = certificateUploads(certificate);
  const gateway = [{ host: HOST_GATEWAY, ip: "host-gateway" }];
  const hosts = reachesHost === false ? {} : { hosts: applied(reachesHost, (isReached) => (isReached ? gateway : [])) };
  const full = { ...made, uploads, ...hosts };
  const final = context.transform.openSearchContainer?.(full) ?? full;
  const container = createContainer(context, "opensearch", full, final);
  const endpoint = urlAt(context.place, "https", external);
  const seconds = args.readiness?.openSearchSeconds ?? 300;
  const health = createHealth(context, "opensearch", container, { endpoint, seconds });
  const password = createAdminPassword({
    context,
    certificate,
    endpoint,
    password: adminPassword,
    dependsOn: [health],
  });
  const connection: ConnectionArgs = {
    endpoint,
    username: ADMIN,
    password: adminPassword,
    caCertificate: certificate.caCertificatePem,
  };
  return { connection, dependsOn: [health, password] };
}

/**
 * A ready cluster answers 401 to an anonymous request. Before that, it refuses the connection or answers 503. Each check
 * polls four times a second, because Docker's own interval would delay every boot.
 */
const HEALTH =
  "for look in $(seq 100); do " +
  `curl -sk -o /dev/null -w '%{http_code}' https://localhost:${OPENSEARCH_PORT}/ | grep -qE '^(200|401)$' && exit 0; ` +
  "sleep 0.25; done; exit 1";

function createCertificate({ name, options, transform, place }: DockerContext): TlsCertificate {
  const names = applied(place.host, (host) => certificateNames(place.publishAddress, host));
  const dnsNames = applied(names, (all) => [...new Set(["localhost", ALIAS, ...all.dnsNames])]);
  const args = { commonName: NODE_NAME, dnsNames, ipAddresses: applied(names, (all) => all.ipAddresses) };
  return new TlsCertificate(`${name}-tls`, transform.tlsCertificate?.(args) ?? args, options);
}

/** Has no comma, because it is used in a setting that is a list. */
const NODE_NAME = "ollama-chat-opensearch";

function environment(heap: pulumi.Input<string>, initial: pulumi.Output<string>): pulumi.Output<string[]> {
  const files = ["http", "transport"].flatMap((layer) => [
    `plugins.security.ssl.${layer}.pemcert_filepath=certs/node.pem`,
    `plugins.security.ssl.${layer}.pemkey_filepath=certs/node.key`,
    `plugins.security.ssl.${layer}.pemtrustedcas_filepath=certs/ca.pem`,
  ]);
  return pulumi.secret(
    pulumi
      .all([initial, heap])
      .apply(([text, size]) => [
        "discovery.type=single-node",
        `OPENSEARCH_JAVA_OPTS=-Xms${size} -Xmx${size}`,
        `OPENSEARCH_INITIAL_ADMIN_PASSWORD=${text}`,
        "plugins.security.ssl.http.enabled=true",
        ...files,
        `plugins.security.nodes_dn=CN=${NODE_NAME}`,
        `plugins.security.authcz.admin_dn=CN=${ADMINISTRATOR}`,
      ]),
  );
}

/** Readable by OpenSearch's own user only, which is 1000 in the image. */
function certificateUploads(certificate: TlsCertificate): docker.ContainerArgs["uploads"] {
  const owned = { owner: "1000", group: "1000", permissions: "0400" };
  return [
    { ...owned, file: `${CONFIG}/certs/ca.pem`, content: certificate.caCertificatePem },
    { ...owned, file: `${CONFIG}/certs/node.pem`, content: certificate.certificatePem },
    { ...owned, file: `${CONFIG}/certs/node.key`, content: certificate.privateKeyPem },
  ];
}

/** Readers of the outputs verify the certificate on other machines, so they need the file's text and not its path. */
export function authorityOf({ caCertificate, caCertificateFile }: ConnectionArgs): pulumi.Output<string> {
  return pulumi.all([text(caCertificate), text(caCertificateFile)]).apply(([pem, file]) => {
    if (file === "") return pem;
    try {
      return readFileSync(file, "utf8");
    } catch {
      // The first resource that needs the file reports it.
      return "";
    }
  });
}

/** An optional text as an output, empty if there is none. */
export function text(value: ConnectionArgs["username"]): pulumi.Output<string> {
  return pulumi.output(value).apply((known) => known ?? "");
}
