import type * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import { megabytesOf } from "../providers/shared/container-values";
import type { DockerHost } from "../providers/shared/docker-host";
import { requireCpus } from "./machine";

/** Where a container's log goes. */
export interface LogArgs {
  /**
   * Docker's log driver, such as `json-file`, `local`, `journald` or `none`. `default` leaves driver and options to
   * Docker's own configuration.
   * @default "json-file"
   */
  driver?: string;
  /**
   * Its options.
   * @default with `json-file` and `local` `{ "max-size": "10m", "max-file": "3" }`, else none
   */
  options?: Record<string, string>;
}

/** How a server's container runs: its limits, its log, and what it may do. */
export interface RunningArgs {
  /**
   * Most memory of the container, such as `4g` or `512m`. Beyond it, the kernel ends the server, and Docker starts it
   * again. Nothing of it is swapped. A change takes effect in the running container.
   * @default no limit
   */
  memory?: string;
  /**
   * Most CPUs that the container may use at once, such as `1.5`.
   * @default all of them
   */
  cpus?: number;
  /** Its log. Default: three files of 10 MB. */
  log?: LogArgs;
  /**
   * When Docker starts the container again: `no`, `on-failure`, `on-failure:3`, `unless-stopped` or `always`. A change
   * takes effect in the running container.
   * @default "unless-stopped"
   */
  restart?: string;
  /**
   * Linux capabilities that the container keeps, such as `["DAC_OVERRIDE"]`; all others are dropped. `default` keeps
   * those that Docker gives to containers.
   * @default none
   */
  capabilities?: string[] | "default";
  /**
   * Name of the Docker volume with the server's data. A volume of that name is used as it is, else it is created. A
   * change leads to another volume, and with `retainData` or `retainModels` the former one stays. Further nodes of
   * OpenSearch and replicas of Ollama have a number behind it, as in `documents-2`.
   * @default a name made of project, stack and component
   */
  volume?: string;
}

/** What differs between the two servers. */
interface Server {
  /** Its arguments, for messages. */
  readonly path: "opensearch" | "ollama";
  /** Name of the component, for messages. */
  readonly component: string;
  readonly host: pulumi.Output<DockerHost | undefined>;
}

const BOUNDED = { "max-size": "10m", "max-file": "3" };
const BY_FILES: readonly string[] = ["json-file", "local"];

/** A container's arguments with its limits, its log and its rights. */
export function running(made: docker.ContainerArgs, args: RunningArgs, server: Server): docker.ContainerArgs {
  const { memory, cpus, capabilities = [] } = args;
  const megabytes = memory === undefined ? undefined : megabytesOf(memory);
  return {
    ...made,
    // Docker sets swap by itself otherwise, and then refuses to raise the memory of a running container above it.
    ...(megabytes === undefined ? {} : { memory: megabytes, memorySwap: megabytes }),
    ...(cpus === undefined ? {} : { cpus: server.host.apply((host) => requireCpus(server, cpus, host)) }),
    ...logged(args.log ?? {}),
    ...restarted(args.restart),
    ...(capabilities === "default" ? {} : { capabilities: { drops: ["ALL"], adds: capabilities } }),
  };
}

function logged({ driver = "json-file", options }: LogArgs): Partial<docker.ContainerArgs> {
  if (driver === "default") return {};
  const logOpts = options ?? (BY_FILES.includes(driver) ? BOUNDED : undefined);
  return { logDriver: driver, ...(logOpts === undefined ? {} : { logOpts }) };
}

function restarted(policy: string | undefined): Partial<docker.ContainerArgs> {
  if (policy === undefined) return {};
  const [restart, most] = policy.split(":");
  return { restart, ...(most === undefined ? {} : { maxRetryCount: Number(most) }) };
}
