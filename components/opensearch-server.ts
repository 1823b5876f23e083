import { readFileSync } from "node:fs";
import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { ContainerHealth } from "../providers/container-health/resource";
import { applied } from "../providers/dynamic/applied";
import type { ConnectionArgs } from "../providers/shared/connection-args";
import type { TlsCertificate } from "../providers/tls-certificate/resource";
import { HOST_GATEWAY } from "./addresses";
import { ADMIN, asAdministrator, createAdministrator, createAdminPassword, initialPassword } from "./admin-user";
import type { OllamaChatStackArgs } from "./args";
import {
  containerArgs,
  createContainer,
  createHealth,
  createImage,
  createVolume,
  type DockerContext,
} from "./docker-parts";
import { requireHeap } from "./machine";
import {
  type ClusterNode,
  certificateUploads,
  createNodeCertificate,
  environment,
  nodesOf,
  OPENSEARCH_PORT,
} from "./opensearch-nodes";
import { urlAt } from "./places";
import { running } from "./running";

/** Pinned, never `latest`: the version that is tested. */
export const OPENSEARCH_IMAGE = "opensearchproject/opensearch:3.6.0";

/** An OpenSearch cluster, ready once `dependsOn` is. */
export interface OpenSearchCluster {
  readonly connection: ConnectionArgs;
  readonly dependsOn: pulumi.Resource[];
}

/**
 * OpenSearch in containers, one for each node, with certificates of the stack's own CA. It boots with a generated
 * password; the given one is set once it is healthy. The official image sets up well-known demo certificates. All of
 * them are overridden here, for HTTP and transport.
 *
 * The container of each node depends on the health of the one before it. So the nodes start one after the other, and a
 * change of image or heap replaces a node only once the one before it is back and the cluster is green.
 */
export function createOpenSearch(
  args: OllamaChatStackArgs,
  context: DockerContext,
  network: docker.Network,
  adminPassword: pulumi.Input<string>,
  reachesHost: boolean | pulumi.Output<boolean>,
): OpenSearchCluster {
  const opensearch = args.opensearch ?? {};
  const nodes = nodesOf(opensearch);
  const [first, ...further] = nodes;
  const host = context.place.facts;
  const image = createImage(context, "opensearch", opensearch.image ?? OPENSEARCH_IMAGE);
  const authority = createNodeCertificate(context, first);
  const administrator = createAdministrator(context, authority);
  const urlOf = ({ port }: ClusterNode) => urlAt(context.place, "https", port);
  const asAdmin = (node: ClusterNode) => asAdministrator(authority, administrator, urlOf(node));

  const healths: [ContainerHealth, ...ContainerHealth[]] = [createNode(first, authority)];
  for (const node of further) {
    healths.push(createNode(node, createNodeCertificate(context, node, authority), healths.at(-1)));
  }
  const password = createAdminPassword({
    context,
    connection: asAdmin(first),
    password: adminPassword,
    dependsOn: healths,
  });
  const connection: ConnectionArgs = {
    endpoint: urlOf(first),
    ...(further.length === 0 ? {} : { endpoints: further.map(urlOf) }),
    username: ADMIN,
    password: adminPassword,
    caCertificate: authority.caCertificatePem,
  };
  return { connection, dependsOn: [...healths, password] };

  function createNode(node: ClusterNode, certificate: TlsCertificate, before?: ContainerHealth): ContainerHealth {
    const { part } = node;
    const basic = containerArgs(context, {
      part,
      image,
      network,
      alias: part,
      volume: createVolume(context, part, {
        retain: opensearch.retainData ?? false,
        named: opensearch.volume && (node.number === 1 ? opensearch.volume : `${opensearch.volume}-${node.number}`),
        argument: "opensearch.volume",
      }),
      volumePath: "/usr/share/opensearch/data",
      port: { internal: OPENSEARCH_PORT, external: node.port },
      envs: environment(
        node,
        host.apply((known) => requireHeap(context.name, opensearch, nodes.length, known)),
        initialPassword(authority),
      ),
      health: { tests: ["CMD-SHELL", HEALTH], interval: "5s", timeout: "1m0s" },
    });
    const made = running(basic, opensearch, { path: "opensearch", component: context.name, host });
    const gateway = [{ host: HOST_GATEWAY, ip: "host-gateway" }];
    const hosts =
      reachesHost === false ? {} : { hosts: applied(reachesHost, (isReached) => (isReached ? gateway : [])) };
    const full = { ...made, uploads: certificateUploads(certificate), ...hosts };
    const final = context.transform.openSearchContainer?.(full) ?? full;
    const container = createContainer(
      before === undefined ? context : { ...context, options: { ...context.options, dependsOn: [before] } },
      part,
      full,
      final,
    );
    const { number, of } = node;
    return createHealth(context, part, container, {
      endpoint: urlOf(node),
      seconds: args.readiness?.openSearchSeconds ?? 300,
      ...(of === 1 ? {} : { cluster: { connection: asAdmin(node), node: number, nodes: of } }),
    });
  }
}

/**
 * A ready cluster answers 401 to an anonymous request. Before that, it refuses the connection or answers 503. Each check
 * polls four times a second, because Docker's own interval would delay every boot.
 */
const HEALTH =
  "for look in $(seq 100); do " +
  `curl -sk -o /dev/null -w '%{http_code}' https://localhost:${OPENSEARCH_PORT}/ | grep -qE '^(200|401)$' && exit 0; ` +
  "sleep 0.25; done; exit 1";

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
