import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { applied } from "../providers/dynamic/applied";
import { TlsCertificate } from "../providers/tls-certificate/resource";
import { certificateNames } from "./addresses";
import { ADMINISTRATOR } from "./admin-user";
import type { OpenSearchArgs } from "./args";
import type { DockerContext } from "./docker-parts";

export const OPENSEARCH_PORT = 9200;
const CONFIG = "/usr/share/opensearch/config";
/** Common name of every node's certificate. Has no comma, because it is used in a setting that is a list. */
const NODE_NAME = "ollama-chat-opensearch";

/** A node of the stack's cluster. */
export interface ClusterNode {
  /** From 1. */
  readonly number: number;
  /** How many nodes the cluster has. */
  readonly of: number;
  /** Name of its part of the stack, and of its container in Docker's network. */
  readonly part: string;
  /** Port on the host. */
  readonly port: number;
}

/** The nodes of a stack. The first has the names and the port of a cluster of one. */
export function nodesOf({
  nodes = 1,
  port = OPENSEARCH_PORT,
}: OpenSearchArgs): readonly [ClusterNode, ...ClusterNode[]] {
  const node = (number: number): ClusterNode => ({
    number,
    of: nodes,
    part: partOf(number),
    port: port + number - 1,
  });
  return [node(1), ...Array.from({ length: nodes - 1 }, (_, i) => node(i + 2))];
}

function partOf(number: number): string {
  return number === 1 ? "opensearch" : `opensearch-${number}`;
}

/** A node's certificate. That of the first brings the CA, which signs all others. */
export function createNodeCertificate(context: DockerContext, node: ClusterNode, ca?: TlsCertificate): TlsCertificate {
  const { name, options, transform, place } = context;
  const names = applied(place.host, (host) => certificateNames(place.publishAddress, host));
  const args = {
    commonName: NODE_NAME,
    dnsNames: applied(names, (all) => [...new Set(["localhost", node.part, ...all.dnsNames])]),
    ipAddresses: applied(names, (all) => all.ipAddresses),
    ...(ca && { authority: { certificatePem: ca.caCertificatePem, privateKeyPem: ca.caPrivateKeyPem } }),
  };
  const suffix = node.number === 1 ? "tls" : `tls-${node.number}`;
  return new TlsCertificate(`${name}-${suffix}`, transform.tlsCertificate?.(args) ?? args, options);
}

/** A node's environment, with settings as the image reads them. */
export function environment(
  node: ClusterNode,
  heap: pulumi.Input<string>,
  initial: pulumi.Output<string>,
): pulumi.Output<string[]> {
  const files = ["http", "transport"].flatMap((layer) => [
    `plugins.security.ssl.${layer}.pemcert_filepath=certs/node.pem`,
    `plugins.security.ssl.${layer}.pemkey_filepath=certs/node.key`,
    `plugins.security.ssl.${layer}.pemtrustedcas_filepath=certs/ca.pem`,
  ]);
  return pulumi.secret(
    pulumi
      .all([initial, heap])
      .apply(([text, size]) => [
        ...discovery(node),
        `OPENSEARCH_JAVA_OPTS=-Xms${size} -Xmx${size}`,
        `OPENSEARCH_INITIAL_ADMIN_PASSWORD=${text}`,
        "plugins.security.ssl.http.enabled=true",
        ...files,
        `plugins.security.nodes_dn=CN=${NODE_NAME}`,
        `plugins.security.authcz.admin_dn=CN=${ADMINISTRATOR}`,
      ]),
  );
}

/**
 * The first node forms the cluster alone, and the others join it one by one, so each can wait for the one before it. If
 * the first needed others to form it, nodes that wait for each other would never start. A node that has data joins its
 * cluster, whatever is written here.
 *
 * OpenSearch insists on a `vm.max_map_count` of the host for memory-mapped files, unless it is alone. A container can't set it.
 */
function discovery({ number, of, part }: ClusterNode): string[] {
  if (of === 1) return ["discovery.type=single-node"];
  const all = Array.from({ length: of }, (_, i) => partOf(i + 1));
  return [
    `node.name=${part}`,
    `discovery.seed_hosts=${all.join(",")}`,
    ...(number === 1 ? [`cluster.initial_cluster_manager_nodes=${part}`] : []),
    "node.store.allow_mmap=false",
  ];
}

/** Readable by OpenSearch's own user only, which is 1000 in the image. */
export function certificateUploads(certificate: TlsCertificate): docker.ContainerArgs["uploads"] {
  const owned = { owner: "1000", group: "1000", permissions: "0400" };
  return [
    { ...owned, file: `${CONFIG}/certs/ca.pem`, content: certificate.caCertificatePem },
    { ...owned, file: `${CONFIG}/certs/node.pem`, content: certificate.certificatePem },
    { ...owned, file: `${CONFIG}/certs/node.key`, content: certificate.privateKeyPem },
  ];
}
