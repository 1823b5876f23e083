import type * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import { applied } from "../providers/dynamic/applied";
import type { OllamaAuthArgs } from "../providers/shared/ollama-auth-args";
import type { OllamaChatStackArgs } from "./args";
import {
  containerArgs,
  createContainer,
  createHealth,
  createImage,
  createVolume,
  type DockerContext,
} from "./docker-parts";
import { requireGpus } from "./machine";
import { existingForOpenSearch, ollamaForOpenSearch, type Places, urlAt } from "./places";
import { running } from "./running";

/** Pinned, never `latest`: the version that is tested. */
export const OLLAMA_IMAGE = "ollama/ollama:0.17.4";
export const OLLAMA_PORT = 11434;
export const OLLAMA_ALIAS = "ollama";

/** An Ollama server, ready once `dependsOn` is. */
export interface OllamaBackend {
  /** Base URL for this machine. */
  readonly endpoint: pulumi.Input<string>;
  /** Base URL for OpenSearch. */
  readonly endpointForOpenSearch: pulumi.Input<string>;
  /** What a gateway in front of it asks for, if any. */
  readonly auth?: OllamaAuthArgs;
  /** Resources that must exist before the first call. */
  readonly dependsOn: pulumi.Resource[];
  /** Each Ollama behind `endpoint`. Models are pulled on each. */
  readonly servers: readonly OllamaAddress[];
}

/** One Ollama, by an address of its own. */
export interface OllamaAddress {
  /** Base URL for this machine. */
  readonly endpoint: pulumi.Input<string>;
  /** Resources that must exist before the first call. */
  readonly dependsOn: pulumi.Resource[];
  /** Part of the names of its resources: `ollama`, then `ollama-2`. */
  readonly part: string;
}

/** The only Ollama at an address. */
function alone(
  endpoint: pulumi.Input<string>,
  dependsOn: pulumi.Resource[],
): Pick<OllamaBackend, "dependsOn" | "servers"> {
  return { dependsOn, servers: [{ endpoint, dependsOn, part: OLLAMA_ALIAS }] };
}

/** An existing Ollama, with the address that OpenSearch has to use. */
export function existingOllama(
  args: OllamaChatStackArgs,
  endpoint: pulumi.Input<string>,
  name: string,
  places: Places,
): OllamaBackend {
  const given = args.ollama?.endpointForOpenSearch;
  const reached = () =>
    args.opensearch?.existing === undefined ? existingForOpenSearch(name, endpoint, places.of("opensearch")) : endpoint;
  const auth = args.ollama?.existing?.auth;
  return { endpoint, endpointForOpenSearch: given ?? reached(), auth, ...alone(endpoint, []) };
}

/** Ollama in a container. */
export function createOllama(
  args: OllamaChatStackArgs,
  context: DockerContext,
  network: docker.Network,
  places: Places,
): OllamaBackend {
  const external = args.ollama?.port ?? OLLAMA_PORT;
  const image = createOllamaImage(args, context);
  const parts = { part: OLLAMA_ALIAS, volume: OLLAMA_ALIAS, named: args.ollama?.volume, image, network, external };
  return publishedOllama(args, context, places, createOllamaContainer(args, context, parts));
}

export function createOllamaImage(args: OllamaChatStackArgs, context: DockerContext): docker.RemoteImage {
  return createImage(context, "ollama", args.ollama?.image ?? OLLAMA_IMAGE);
}

/** What listens at Ollama's published port: an Ollama, or a proxy before several. */
export function publishedOllama(
  args: OllamaChatStackArgs,
  context: DockerContext,
  places: Places,
  container: docker.Container,
): OllamaBackend {
  const endpoint = urlAt(context.place, "http", args.ollama?.port ?? OLLAMA_PORT);
  const seconds = args.readiness?.ollamaSeconds ?? 120;
  const health = createHealth(context, "ollama", container, { endpoint, seconds });
  const urls = { published: endpoint, inNetwork: `http://${OLLAMA_ALIAS}:${OLLAMA_PORT}` };
  const endpointForOpenSearch = ollamaForOpenSearch(context.name, args, places, urls);
  return { endpoint, endpointForOpenSearch, ...alone(endpoint, [health]) };
}

export interface OllamaContainerParts {
  /** Part of its name, and its alias in the network. */
  readonly part: string;
  /** Part of its volume's name. */
  readonly volume: string;
  /** The volume's name, if the user gave one. */
  readonly named?: string;
  readonly image: docker.RemoteImage;
  readonly network: docker.Network;
  /** Its port on the host, if it has one. */
  readonly external?: number;
}

/** A container of Ollama. It has no access to Ollama's cloud, so questions stay on the machine. */
export function createOllamaContainer(
  args: OllamaChatStackArgs,
  context: DockerContext,
  { part, volume, named, image, network, external }: OllamaContainerParts,
): docker.Container {
  const ollama = args.ollama ?? {};
  const host = context.place.facts;
  const retain = ollama.retainModels ?? false;
  const basic = containerArgs(context, {
    part,
    image,
    network,
    alias: part,
    volume: createVolume(context, volume, { retain, named, argument: "ollama.volume" }),
    volumePath: "/root/.ollama",
    ...(external === undefined ? {} : { port: { internal: OLLAMA_PORT, external } }),
    envs: ["OLLAMA_NO_CLOUD=1", ...keptLoaded(ollama.keepAlive)],
    health: { tests: ["CMD", "ollama", "list"], interval: "2s", timeout: "10s" },
  });
  const limited = running(basic, ollama, {
    path: "ollama",
    component: context.name,
    host,
  });
  const { gpus, readOnlyRoot = gpus === undefined } = ollama;
  const made: docker.ContainerArgs = {
    ...limited,
    ...(gpus === undefined ? {} : { gpus: host.apply((known) => requireGpus(context.name, gpus, known)) }),
    ...(readOnlyRoot ? { readOnly: true, tmpfs: { "/tmp": "rw,exec,nosuid,nodev" } } : {}),
  };
  const final = context.transform.ollamaContainer?.(made) ?? made;
  return createContainer(context, part, made, final);
}

function keptLoaded(keepAlive: pulumi.Input<string> | undefined): pulumi.Input<string>[] {
  return keepAlive === undefined ? [] : [applied(keepAlive, (known) => `OLLAMA_KEEP_ALIVE=${known}`)];
}
