import * as pulumi from "@pulumi/pulumi";
import { dynamicProperties } from "../dynamic/resource";
import { typeToken } from "../dynamic/stored-text";
import { type ConnectionArgs, connectionInput } from "../shared/connection-args";
import type { DockerTls } from "../shared/docker-address";
import type { Timeouts } from "../shared/timeouts";

/** The cluster that a container's node belongs to. */
export interface ContainerClusterArgs {
  /** How to reach the node. Its user must be allowed `cluster:monitor/health`. */
  connection: pulumi.Input<ConnectionArgs>;
  /** Number of this node, from 1. Nodes with lower numbers are there already. */
  node: pulumi.Input<number>;
  /** How many nodes the cluster shall have. */
  nodes: pulumi.Input<number>;
}

/** Inputs of a `ContainerHealth`. */
export interface ContainerHealthArgs {
  /** Id of the container. A change waits again. */
  containerId: pulumi.Input<string>;
  /**
   * Base URL of its server, as seen from this machine. If Docker cannot be reached from here, the resource waits for an
   * answer (200 or 401) at this URL instead.
   */
  endpoint: pulumi.Input<string>;
  /**
   * Docker's address, as in `DOCKER_HOST`: `unix://`, `tcp://` or `ssh://`, which needs the command `ssh` and a login without
   * a password. It should be the one that the container's provider works with.
   * @default the environment's `DOCKER_CONTEXT` or `DOCKER_HOST`, else `unix:///var/run/docker.sock`
   */
  dockerHost?: pulumi.Input<string>;
  /**
   * Certificates for a Docker that asks for TLS.
   * @default the folder in the environment's `DOCKER_CERT_PATH`, else no TLS
   */
  dockerTls?: pulumi.Input<DockerTls>;
  /**
   * For a node of OpenSearch: also wait until it has joined its cluster and the cluster is green. A container that depends
   * on this resource is not touched before, so the nodes change one at a time.
   * @default none
   */
  cluster?: ContainerClusterArgs;
  /** Deadlines. Default: 300 s for creation and updates. */
  timeouts?: pulumi.Input<Timeouts>;
}

/**
 * Waits until a Docker container is healthy. Resources that need its server depend on this one. `wait` of
 * `docker.Container` only looks at the health and waits to the end for a container that has already exited. This
 * resource fails at once, with the container's name, exit code and last log lines. Values in the container's
 * environment that are named like a password, secret, token or key are redacted.
 *
 * It owns nothing: deleting it leaves the container as it is.
 *
 * @example
 * ```ts
 * import * as docker from "@pulumi/docker";
 * import { ContainerHealth, OllamaModel } from "pulumi-ollama-chat";
 *
 * const container = new docker.Container("ollama", {
 *   image: "ollama/ollama:0.17.4",
 *   ports: [{ internal: 11434, external: 11434 }],
 *   healthcheck: { tests: ["CMD", "ollama", "list"], interval: "2s" },
 *   restart: "unless-stopped",
 * });
 * const healthy = new ContainerHealth("ollama-health", { containerId: container.id, endpoint: "http://localhost:11434" });
 * new OllamaModel("model", { endpoint: "http://localhost:11434", model: "smollm2:135m" }, { dependsOn: healthy });
 * ```
 */
export class ContainerHealth extends pulumi.CustomResource {
  /** Id of the healthy container. */
  declare readonly containerId: pulumi.Output<string>;

  constructor(name: string, args: ContainerHealthArgs, opts?: pulumi.CustomResourceOptions) {
    const dockerTls = pulumi.output(args?.dockerTls).apply((tls) => (tls === undefined ? tls : pulumi.secret(tls)));
    const { cluster } = args ?? {};
    const joined = cluster && { cluster: { ...cluster, connection: connectionInput(cluster.connection) } };
    const properties = { ...args, ...joined, ...(args?.dockerTls === undefined ? {} : { dockerTls }) };
    super(typeToken("ContainerHealth"), name, dynamicProperties("ContainerHealth", name, properties, opts), opts);
  }
}
