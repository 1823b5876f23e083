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
  dockerHostOf,
} from "./docker-parts";
import { requireGpus } from "./machine";
import { existingForOpenSearch, ollamaForOpenSearch, type Places, urlAt } from "./places";
import { running } from "./running";

/** Pinned, never `latest`: the version that is tested. */
export const OLLAMA_IMAGE = "ollama/ollama:0.17.4";
export const OLLAMA_PORT = 11434;
const ALIAS = "ollama";

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
  return { endpoint, endpointForOpenSearch: given ?? reached(), auth: args.ollama?.existing?.auth, dependsOn: [] };
}

/** Ollama in a container. It has no access to Ollama's cloud, so questions stay on the machine. */
export function createOllama(
  args: OllamaChatStackArgs,
  context: DockerContext,
  network: docker.Network,
  places: Places,
): OllamaBackend {
  const ollama = args.ollama ?? {};
  const external = ollama.port ?? OLLAMA_PORT;
  const volume = createVolume(context, "ollama", {
    retain: ollama.retainModels ?? false,
    named: ollama.volume,
    argument: "ollama.volume",
  });
  const host = dockerHostOf(context);
  const basic = containerArgs(context, {
    part: "ollama",
    image: createImage(context, "ollama", ollama.image ?? OLLAMA_IMAGE),
    network,
    alias: ALIAS,
    volume,
    volumePath: "/root/.ollama",
    port: { internal: OLLAMA_PORT, external },
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
  const container = createContainer(context, "ollama", made, final);
  const endpoint = urlAt(context.place, "http", external);
  const seconds = args.readiness?.ollamaSeconds ?? 120;
  const health = createHealth(context, "ollama", container, { endpoint, seconds });
  const urls = { published: endpoint, inNetwork: `http://${ALIAS}:${OLLAMA_PORT}` };
  const endpointForOpenSearch = ollamaForOpenSearch(context.name, args, places, urls);
  return { endpoint, endpointForOpenSearch, dependsOn: [health] };
}

function keptLoaded(keepAlive: pulumi.Input<string> | undefined): pulumi.Input<string>[] {
  return keepAlive === undefined ? [] : [applied(keepAlive, (known) => `OLLAMA_KEEP_ALIVE=${known}`)];
}
