import type * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import { applied } from "../providers/dynamic/applied";
import { HOST_GATEWAY } from "./addresses";
import type { OllamaChatStackArgs } from "./args";
import { createNetwork, type DockerContext } from "./docker-parts";
import { createProxiedOllama, hasProxy } from "./ollama-replicas";
import { createOllama, existingOllama, type OllamaBackend } from "./ollama-server";
import { createOpenSearch, type OpenSearchCluster } from "./opensearch-server";
import type { Part, Places } from "./places";
import type { Transforms } from "./transforms";

interface ServersContext {
  /** Of the component. */
  readonly name: string;
  readonly args: OllamaChatStackArgs;
  readonly options: pulumi.CustomResourceOptions;
  readonly transform: Transforms;
  readonly places: Places;
}

/** Both servers, in Docker or existing. Docker is left alone if both exist. */
export function createServers(context: ServersContext): { ollama: OllamaBackend; opensearch: OpenSearchCluster } {
  const { name, args, options, transform, places } = context;
  const existing = args.opensearch?.existing;
  const endpoint = args.ollama?.existing?.endpoint;
  const contextOf = (part: Part): DockerContext => ({ name, options, transform, place: places.of(part) });
  const networkOf = networks(existing === undefined && endpoint === undefined && !places.isOneDocker);
  const ollama =
    endpoint === undefined
      ? (hasProxy(args) ? createProxiedOllama : createOllama)(args, contextOf("ollama"), networkOf("ollama"), places)
      : existingOllama(args, endpoint, name, places);
  if (existing !== undefined) return { ollama, opensearch: { connection: existing, dependsOn: [] } };
  const password = args.opensearch?.adminPassword ?? "";
  const reachesHost = applied(ollama.endpointForOpenSearch, (url) => url.includes(HOST_GATEWAY));
  const network = networkOf("opensearch");
  return { ollama, opensearch: createOpenSearch(args, contextOf("opensearch"), network, password, reachesHost) };

  /** The network of a server's Docker. One with a Docker of its own has its name, so that the other one's stays. */
  function networks(areTwo: boolean): (part: Part) => docker.Network {
    let shared: docker.Network | undefined;
    return (part) => {
      if (areTwo) return createNetwork(contextOf(part), places.of(part).isApart ? part : undefined);
      shared ??= createNetwork(contextOf(part));
      return shared;
    };
  }
}
