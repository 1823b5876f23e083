import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { applied } from "../providers/dynamic/applied";
import { BaseUrl, isLoopback } from "../providers/shared/base-url";
import { sentence } from "../providers/shared/checking";
import { fromContainer, HOST_GATEWAY } from "./addresses";
import type { OllamaChatStackArgs } from "./args";
import { containerArgs, createContainer, createHealth, createImage, type DockerContext } from "./docker-parts";
import { ownPath, PROXY_PORT, type ProxiedServer, proxyConfig } from "./ollama-proxy-config";
import {
  createOllamaContainer,
  createOllamaImage,
  OLLAMA_ALIAS,
  OLLAMA_PORT,
  type OllamaAddress,
  type OllamaBackend,
  publishedOllama,
} from "./ollama-server";
import type { Places } from "./places";
import { running } from "./running";

/** Pinned, never `latest`. It takes the configuration of the 2.6 that the tests run. */
export const PROXY_IMAGE = "haproxy:3.2.4";
const CONFIG_FILE = "/usr/local/etc/haproxy/haproxy.cfg";
/** The image has no curl. Healthy as soon as one of the servers answers. */
const ASKS_ONE = `exec 3<>/dev/tcp/127.0.0.1/${PROXY_PORT}; printf 'GET /api/version HTTP/1.0\\r\\n\\r\\n' >&3; read -r _ status _ <&3; [ "$status" = 200 ]`;

/** Whether a proxy stands before several Ollamas. */
export function hasProxy({ ollama }: OllamaChatStackArgs): boolean {
  return (ollama?.replicas ?? 1) > 1 || ollama?.existing?.endpoints !== undefined;
}

/** Several Ollamas, started in Docker or existing, behind a proxy with one address. */
export function createProxiedOllama(
  args: OllamaChatStackArgs,
  context: DockerContext,
  network: docker.Network,
  places: Places,
): OllamaBackend {
  const { endpoints } = args.ollama?.existing ?? {};
  if (endpoints !== undefined) {
    const config = applied({ endpoints, machine: context.place.machine }, ({ endpoints: known, machine }) => {
      const servers = known.map((endpoint, i) => existingServer(context.name, machine, endpoint, i));
      return proxyConfig(servers, false);
    });
    const backend = publishedOllama(args, context, places, createProxy(args, context, network, config));
    return { ...backend, servers: endpoints.map((endpoint, i) => ({ endpoint, dependsOn: [], part: partOf(i) })) };
  }
  const image = createOllamaImage(args, context);
  const replicas = Array.from({ length: args.ollama?.replicas ?? 1 }, (_, i) => {
    const part = `${OLLAMA_ALIAS}-${i + 1}`;
    // The first one keeps the volume of a stack that had one Ollama.
    const volume = args.ollama?.volume;
    const named = i === 0 || volume === undefined ? volume : `${volume}-${i + 1}`;
    const container = createOllamaContainer(args, context, { part, volume: partOf(i), named, image, network });
    return { part, container, name: nameOf(i) };
  });
  const config = proxyConfig(
    replicas.map(({ name, part }): ProxiedServer => ({ name, address: `${part}:${OLLAMA_PORT}` })),
    true,
  );
  const containers = replicas.map(({ container }) => container);
  const backend = publishedOllama(args, context, places, createProxy(args, context, network, config, containers));
  const servers = replicas.map(({ part, container, name }, i): OllamaAddress => {
    const endpoint = applied(backend.endpoint, (here) => here + ownPath({ name }));
    const seconds = args.readiness?.ollamaSeconds ?? 120;
    const health = createHealth(context, part, container, { endpoint, seconds });
    return { endpoint, dependsOn: [...backend.dependsOn, health], part: partOf(i) };
  });
  return { ...backend, dependsOn: [...new Set(servers.flatMap(({ dependsOn }) => dependsOn))], servers };
}

function partOf(index: number): string {
  return index === 0 ? OLLAMA_ALIAS : `${OLLAMA_ALIAS}-${index + 1}`;
}

function nameOf(index: number): string {
  return `replica-${index + 1}`;
}

function existingServer(
  component: string,
  machine: string | undefined,
  endpoint: string,
  index: number,
): ProxiedServer {
  if (machine !== undefined && isLoopback(endpoint)) {
    const rule = `must be an address that ${machine} reaches, where the stack's proxy runs`;
    const problem = sentence(["ollama", "existing", "endpoints", String(index)], endpoint, rule);
    throw new pulumi.RunError(`OllamaChatStack ${JSON.stringify(component)}: ${problem}`);
  }
  const { hostname = "", port } = BaseUrl.parse(fromContainer(endpoint)) ?? {};
  return { name: nameOf(index), address: `${hostname}:${port}` };
}

/**
 * It has the name, the port and the alias of a stack's only Ollama: whoever holds the port is one resource, so that a
 * change from one Ollama to several and back frees the port before it is taken.
 */
function createProxy(
  args: OllamaChatStackArgs,
  context: DockerContext,
  network: docker.Network,
  config: pulumi.Input<string>,
  before: docker.Container[] = [],
): docker.Container {
  const { port: external = OLLAMA_PORT, proxyImage = PROXY_IMAGE, log, restart } = args.ollama ?? {};
  const made = containerArgs(context, {
    part: OLLAMA_ALIAS,
    image: createImage(context, "ollama-proxy", proxyImage),
    network,
    alias: OLLAMA_ALIAS,
    port: { internal: PROXY_PORT, external },
    envs: [],
    health: { tests: ["CMD", "bash", "-c", ASKS_ONE], interval: "2s", timeout: "10s" },
  });
  const server = { path: "ollama", component: context.name, host: context.place.facts } as const;
  const full: docker.ContainerArgs = {
    ...running(made, { log, restart }, server),
    uploads: [{ file: CONFIG_FILE, content: config }],
    hosts: [{ host: HOST_GATEWAY, ip: "host-gateway" }],
  };
  const final = context.transform.ollamaProxyContainer?.(full) ?? full;
  const options = { ...context.options, dependsOn: before };
  return createContainer({ ...context, options }, OLLAMA_ALIAS, full, final);
}
