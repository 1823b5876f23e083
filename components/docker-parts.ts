import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { type ContainerClusterArgs, ContainerHealth } from "../providers/container-health/resource";
import { applied } from "../providers/dynamic/applied";
import type { Place } from "./places";
import { BACKEND_LABEL, backendMark, retainedVolume } from "./retained-volume";
import { STACK_LABEL } from "./stack-label";
import type { Transforms } from "./transforms";

/** `project/stack`, the value of that label. */
export function stackLabel(): string {
  return `${pulumi.getProject()}/${pulumi.getStack()}`;
}

/**
 * Name of a Docker object, with project and stack, so that many stacks can share a Docker host. Docker silently reuses a
 * volume of the same name, whoever created it.
 */
function dockerName(component: string, part: string, stack = pulumi.getStack()): string {
  return `${pulumi.getProject()}-${stack}-${component}-${part}`.toLowerCase().replaceAll(/[^a-z0-9_.-]+/g, "-");
}

function labels(): { label: string; value: string }[] {
  return [{ label: STACK_LABEL, value: stackLabel() }];
}

/** Shared by all Docker children of a server. */
export interface DockerContext {
  /** Name of the component. */
  readonly name: string;
  readonly options: pulumi.CustomResourceOptions;
  readonly transform: Transforms;
  readonly place: Place;
}

/**
 * Options of a Docker child. The engine takes what another provider made for what the new one has, and would move a volume
 * in the state alone. A trigger that is new to a state replaces nothing.
 */
function dockerOptions({ options, place }: DockerContext): pulumi.CustomResourceOptions {
  const moved = { ...options, replacementTrigger: place.isApart ? "its own Docker" : "the stack's Docker" };
  return place.provider === undefined ? moved : { ...moved, provider: place.provider };
}

/**
 * Ignores changes of generated names and labels. They carry the stack's name, so renaming a stack would otherwise replace
 * its volumes and lose their data. Names and labels from a transform still count.
 */
function keepingName<T extends { name?: unknown; labels?: unknown }>(
  options: pulumi.CustomResourceOptions,
  made: T,
  final: T,
): pulumi.CustomResourceOptions {
  const ours = (["name", "labels"] as const).filter((key) => final[key] === made[key]);
  return { ...options, ignoreChanges: ours };
}

/** A network; `part` is the server that has it for itself. */
export function createNetwork(context: DockerContext, part?: string): docker.Network {
  const { name, transform } = context;
  const suffix = part === undefined ? "network" : `${part}-network`;
  const args: docker.NetworkArgs = { name: dockerName(name, suffix), labels: labels() };
  const final = transform.network?.(args) ?? args;
  return new docker.Network(`${name}-${suffix}`, final, keepingName(dockerOptions(context), args, final));
}

/** A volume with data. Without a name of the user's, it is found again even if its stack was renamed. */
export function createVolume(
  context: DockerContext,
  part: string,
  {
    retain,
    named,
    argument,
  }: { readonly retain: boolean; readonly named: string | undefined; readonly argument: string },
): docker.Volume {
  const { name, transform } = context;
  const nameFor = (stack?: string) => dockerName(name, part, stack);
  const found = () =>
    context.place.docker.apply((docker) => retainedVolume({ component: name, argument, docker, nameFor }));
  const args: docker.VolumeArgs = {
    name: named ?? (retain ? found() : nameFor()),
    labels: [...labels(), { label: BACKEND_LABEL, value: backendMark() }],
  };
  const final = transform.volume?.(args) ?? args;
  const kept = keepingName(dockerOptions(context), named === undefined ? args : { ...args, name: undefined }, final);
  // A change of labels would replace the volume and lose its data.
  const ignoreChanges = [...new Set([...(kept.ignoreChanges ?? []), "labels"])];
  return new docker.Volume(`${name}-${part}-volume`, final, { ...kept, ignoreChanges, retainOnDelete: retain });
}

/** An image. It is pulled if missing, and kept when the stack is destroyed. */
export function createImage(context: DockerContext, part: string, image: pulumi.Input<string>): docker.RemoteImage {
  const args: docker.RemoteImageArgs = { name: image, keepLocally: true };
  return new docker.RemoteImage(`${context.name}-${part}-image`, args, dockerOptions(context));
}

export interface ContainerParts {
  readonly part: string;
  readonly image: docker.RemoteImage;
  readonly network: docker.Network;
  readonly alias: string;
  readonly volume?: docker.Volume;
  readonly volumePath?: string;
  readonly port?: { readonly internal: number; readonly external: number };
  readonly envs: pulumi.Input<pulumi.Input<string>[]>;
  readonly health: { readonly tests: string[]; readonly interval: string; readonly timeout: string };
}

/**
 * Arguments of a container. Without `networkMode`, and with the image's tag instead of its id, every preview would show a
 * change (pulumi-docker #1272, #325). The provider disconnects `bridge` before it connects `networksAdvanced`; with the
 * network's own name, the alias would be lost. Durations are in Go's form. The provider's own `wait` only looks at the
 * health and waits to the end for a container that keeps restarting, so `ContainerHealth` waits instead.
 */
export function containerArgs(context: DockerContext, parts: ContainerParts): docker.ContainerArgs {
  const { host, publishAddress } = context.place;
  // No container is created with an address at which nobody could reach it.
  const ip = applied(host, () => publishAddress);
  return {
    name: dockerName(context.name, parts.part),
    image: parts.image.imageId,
    envs: parts.envs,
    networkMode: "bridge",
    networksAdvanced: [{ name: parts.network.name, aliases: [parts.alias] }],
    ...(parts.volume && { volumes: [{ volumeName: parts.volume.name, containerPath: parts.volumePath }] }),
    ...(parts.port && { ports: [{ ...parts.port, ip }] }),
    labels: labels(),
    healthcheck: { ...parts.health, retries: 5, startPeriod: "5m0s" },
    restart: "unless-stopped",
  };
}

/** A container. Its name and port are fixed, so the old one is deleted first. A changed health check replaces it. */
export function createContainer(
  context: DockerContext,
  part: string,
  made: docker.ContainerArgs,
  args: docker.ContainerArgs,
): docker.Container {
  const kept = keepingName(dockerOptions(context), made, args);
  const all = { ...kept, deleteBeforeReplace: true, replaceOnChanges: ["healthcheck"] };
  return new docker.Container(`${context.name}-${part}`, args, all);
}

/** The wait for a container's server. Resources that call the server depend on it. */
export function createHealth(
  { name, options, transform, place }: DockerContext,
  part: string,
  container: docker.Container,
  wait: {
    readonly endpoint: pulumi.Input<string>;
    readonly seconds: number;
    readonly cluster?: ContainerClusterArgs;
  },
): ContainerHealth {
  const args = {
    containerId: container.id,
    endpoint: wait.endpoint,
    ...place.asked,
    ...(wait.cluster && { cluster: wait.cluster }),
    timeouts: { createSeconds: wait.seconds, updateSeconds: wait.seconds },
  };
  return new ContainerHealth(`${name}-${part}-health`, transform.containerHealth?.(args) ?? args, options);
}
