import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { ContainerHealth } from "../providers/container-health/resource";
import type { Transforms } from "./args";
import { STACK_LABEL } from "./stack-label";

/** `project/stack`, the value of that label. */
export function stackLabel(): string {
  return `${pulumi.getProject()}/${pulumi.getStack()}`;
}

/**
 * Name of a Docker object. It carries project and stack, so that many stacks live on one Docker host: Docker hands out
 * a volume of a known name without a word, whoever made it.
 */
function dockerName(component: string, part: string): string {
  return `${pulumi.getProject()}-${pulumi.getStack()}-${component}-${part}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9_.-]+/g, "-");
}

function labels(): { label: string; value: string }[] {
  return [{ label: STACK_LABEL, value: stackLabel() }];
}

/** What every Docker child of one stack shares. */
export interface DockerContext {
  /** Name of the component. */
  readonly name: string;
  readonly options: pulumi.CustomResourceOptions;
  readonly transform: Transforms;
  readonly publishAddress: string;
}

/**
 * A stack that is renamed keeps what it has: names and labels of Docker objects carry the stack's name, and with another
 * one volumes would be replaced, with all that is in them. What the program itself names counts as ever.
 */
function keepingName<T extends { name?: unknown; labels?: unknown }>(
  options: pulumi.CustomResourceOptions,
  made: T,
  final: T,
): pulumi.CustomResourceOptions {
  const ours = (["name", "labels"] as const).filter((key) => final[key] === made[key]);
  return { ...options, ignoreChanges: ours };
}

export function createNetwork({ name, options, transform }: DockerContext): docker.Network {
  const args: docker.NetworkArgs = { name: dockerName(name, "network"), labels: labels() };
  const final = transform.network?.(args) ?? args;
  const all = keepingName(options, args, final);
  return new docker.Network(`${name}-network`, final, all);
}

export function createVolume(context: DockerContext, part: string, retain: boolean): docker.Volume {
  const { name, options, transform } = context;
  const args: docker.VolumeArgs = { name: dockerName(name, part), labels: labels() };
  const final = transform.volume?.(args) ?? args;
  const volumeOptions = { ...keepingName(options, args, final), retainOnDelete: retain };
  return new docker.Volume(`${name}-${part}-volume`, final, volumeOptions);
}

/** An image that is pulled unless it is there, and that stays when the stack is destroyed. */
export function createImage(
  { name, options }: DockerContext,
  part: string,
  image: pulumi.Input<string>,
): docker.RemoteImage {
  const args: docker.RemoteImageArgs = { name: image, keepLocally: true };
  return new docker.RemoteImage(`${name}-${part}-image`, args, options);
}

export interface ContainerParts {
  readonly part: string;
  readonly image: docker.RemoteImage;
  readonly network: docker.Network;
  readonly alias: string;
  readonly volume: docker.Volume;
  readonly volumePath: string;
  readonly port: { readonly internal: number; readonly external: number };
  readonly envs: pulumi.Input<pulumi.Input<string>[]>;
  readonly health: { readonly tests: string[]; readonly interval: string; readonly timeout: string };
}

/**
 * Arguments of a container, with the inputs set whose absence shows as a change for ever: `networkMode`, and the
 * image by its id and not by its tag (pulumi-docker #1272, #325). `bridge` is what the provider disconnects before it
 * connects `networksAdvanced`; with the network's own name there the alias would be lost. Durations are in Go's own form.
 * The provider's own `wait` looks at the health alone: a container that ends again and again is waited for to the last
 * second (issue 16), so `ContainerHealth` waits instead.
 */
export function containerArgs(context: DockerContext, parts: ContainerParts): docker.ContainerArgs {
  return {
    name: dockerName(context.name, parts.part),
    image: parts.image.imageId,
    envs: parts.envs,
    networkMode: "bridge",
    networksAdvanced: [{ name: parts.network.name, aliases: [parts.alias] }],
    volumes: [{ volumeName: parts.volume.name, containerPath: parts.volumePath }],
    ports: [{ ...parts.port, ip: context.publishAddress }],
    labels: labels(),
    healthcheck: { ...parts.health, retries: 5, startPeriod: "5m0s" },
    restart: "unless-stopped",
  };
}

/** A container. It has a fixed name and port, so the old one goes first; edits of the health check need a new one. */
export function createContainer(
  { name, options }: DockerContext,
  part: string,
  made: docker.ContainerArgs,
  args: docker.ContainerArgs,
): docker.Container {
  const kept = keepingName(options, made, args);
  const all = { ...kept, deleteBeforeReplace: true, replaceOnChanges: ["healthcheck"] };
  return new docker.Container(`${name}-${part}`, args, all);
}

/** What needs the server in a container waits for this. */
export function createHealth(
  { name, options, transform }: DockerContext,
  part: string,
  container: docker.Container,
  wait: { readonly endpoint: string; readonly seconds: number },
): ContainerHealth {
  const args = {
    containerId: container.id,
    endpoint: wait.endpoint,
    dockerHost: new pulumi.Config("docker").get("host"),
    timeouts: { createSeconds: wait.seconds, updateSeconds: wait.seconds },
  };
  return new ContainerHealth(`${name}-${part}-health`, transform.containerHealth?.(args) ?? args, options);
}
