import * as pulumi from "@pulumi/pulumi";
import { dynamicProperties } from "../dynamic/resource";
import { typeToken } from "../dynamic/stored-text";
import type { Timeouts } from "../shared/timeouts";

/** Inputs of a `ContainerHealth`. */
export interface ContainerHealthArgs {
  /** Id of the container. Another one is waited for anew. */
  containerId: pulumi.Input<string>;
  /**
   * Base URL of the server in it, as this machine reaches it. Where Docker can't be asked from here (over `ssh://`, or
   * on another machine behind a provider of its own), the wait is for an answer (200 or 401) under this URL.
   */
  endpoint: pulumi.Input<string>;
  /**
   * Where Docker listens, as in `DOCKER_HOST`.
   * @default the environment's `DOCKER_HOST`, else `unix:///var/run/docker.sock`
   */
  dockerHost?: pulumi.Input<string>;
  /** Deadlines. Default: 300 s for creation and updates. */
  timeouts?: pulumi.Input<Timeouts>;
}

/**
 * The wait for a Docker container to be healthy; what needs its server depends on this. Unlike `wait` of
 * `docker.Container`, which looks at the health alone until its time is over, it ends at once when the container does:
 * with the name, the exit code and the last lines of its log, without what the container's environment has by the name
 * of a password, secret, token or key.
 *
 * It owns nothing: its deletion leaves the container as it is.
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
  /** Id of the container that was seen healthy. */
  declare readonly containerId: pulumi.Output<string>;

  constructor(name: string, args: ContainerHealthArgs, opts?: pulumi.CustomResourceOptions) {
    super(typeToken("ContainerHealth"), name, dynamicProperties("ContainerHealth", name, { ...args }, opts), opts);
  }
}
