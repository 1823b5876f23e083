import { connect, createServer } from "node:net";
import * as pulumi from "@pulumi/pulumi";
import { clientHost, covers, isLocalOnly, occupiedAddresses, publishAddressOf } from "../components/addresses";
import type { OllamaChatStackArgs } from "../components/args";
import { stackLabel } from "../components/docker-parts";
import { isFormerStack } from "../components/former-stack";
import { OLLAMA_PORT } from "../components/ollama-server";
import { nodesOf } from "../components/opensearch-nodes";
import { configuredDocker, type Part } from "../components/places";
import { STACK_LABEL } from "../components/stack-label";
import { hostOf } from "../providers/shared/base-url";
import { dockerAddress, otherMachine } from "../providers/shared/docker-address";
import { type PublishingContainer, publishingContainers } from "../providers/shared/published-ports";

interface WantedPort {
  readonly key: string;
  readonly port: number;
  /** Address of the Docker that is to publish it. */
  readonly docker: string;
  readonly publishAddress: string;
  /** The name of its host, if one was given. */
  readonly hostname: string | undefined;
}

/** Addresses of the Dockers of servers that have one of their own. */
export type DockerHosts = Partial<Record<Part, string | undefined>>;

/**
 * Stops before any container is created if somebody else holds a port, on this machine or on the one that Docker runs on.
 * This stack's own container may hold it.
 */
export async function requireFreePorts(args: OllamaChatStackArgs, hosts: DockerHosts = {}): Promise<void> {
  const wanted = wantedPorts(args, hosts);
  const ollama = wanted.find(({ key }) => key === "ollamaPort");
  const nodes = wanted.filter((one) => one !== ollama && one.docker === ollama?.docker);
  if (ollama !== undefined && nodes.some(({ port }) => port === ollama.port)) {
    const whose = nodes.length > 1 ? "a node of OpenSearch has it" : `${nodes[0]?.key} is the same`;
    throw new pulumi.RunError(
      `${ollama.key} is ${ollama.port}: ${whose}. Choose another port with\n  pulumi config set ${ollama.key} ${ollama.port + nodes.length}`,
    );
  }
  for (const one of wanted.filter(({ port }) => isPort(port))) {
    const machine = otherMachine(one.docker);
    if (machine !== undefined) await requireFreeThere(one, machine);
    else for (const address of occupiedAddresses(one.publishAddress)) await requireOurs(one, address);
  }
}

/** Checks one address of this machine: the stack's own container may listen on one, and a stranger on another. */
async function requireOurs({ key, port, docker }: WantedPort, address: string): Promise<void> {
  if (await isFree(address, port)) return;
  const where = `${hostOf(address)}:${port}`;
  const containers = await publishingContainers(docker, STACK_LABEL);
  if (containers === undefined) throw dockerSilent(key, where, port, docker);
  const holder = containers.find(({ ports }) => ports.some((one) => one.port === port && covers(one.address, address)));
  if (holder !== undefined && (await isOurs(holder))) return;
  const stack = holder?.labels[STACK_LABEL];
  const who = stack === undefined ? "something else on this machine" : `a container of the stack ${stack}`;
  throw taken(key, port, `${who} listens on ${where}`);
}

/** Asks the Docker of another machine who has a port there, and the port itself whether anybody listens. */
async function requireFreeThere({ key, port, docker, publishAddress, hostname }: WantedPort, machine: string) {
  const containers = await publishingContainers(docker);
  // Docker's provider says that its Docker cannot be reached.
  if (containers === undefined) return;
  const holder = containers.find(({ ports }) => ports.some((one) => one.port === port));
  if (holder !== undefined) {
    if (await isOurs(holder)) return;
    const stack = holder.labels[STACK_LABEL];
    const who = stack === undefined ? `the container ${holder.name}` : `a container of the stack ${stack}`;
    throw taken(key, port, `${who} publishes it on ${machine}`);
  }
  // A port that is forwarded from there to this machine always listens.
  if (isLocalOnly(publishAddress)) return;
  const host = clientHost(publishAddress, hostname ?? machine);
  if (await isListening(host.replace(/^\[|\]$/g, ""), port)) {
    throw taken(key, port, `something else on ${machine} listens on ${host}:${port}`);
  }
}

function taken(key: string, port: number, told: string): pulumi.RunError {
  return new pulumi.RunError(
    `${key} is ${port}: ${told} already. Stop it, or choose another port with\n  pulumi config set ${key} ${port + 1}`,
  );
}

async function isOurs({ labels }: PublishingContainer): Promise<boolean> {
  const stack = labels[STACK_LABEL];
  return stack === stackLabel() || (stack !== undefined && (await isFormerStack(stack)) === true);
}

/** The component reports invalid ports, together with its other arguments. */
function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port < 65_536;
}

function dockerSilent(key: string, listening: string, port: number, docker: string): pulumi.RunError {
  const isVariable = docker === process.env.DOCKER_HOST;
  const where = isVariable ? `at DOCKER_HOST=${docker}` : `at ${docker.replace(/^unix:\/\//, "")}`;
  const fix = isVariable ? "correct DOCKER_HOST" : "set DOCKER_HOST or docker:host";
  return new pulumi.RunError(
    `${key} is ${port}: something listens on ${listening} already, and Docker cannot be reached ${where} to tell whether it is this stack's own container. Start Docker, or ${fix}.`,
  );
}

function wantedPorts(args: OllamaChatStackArgs, hosts: DockerHosts): WantedPort[] {
  const ofStack = dockerAddress(configuredDocker());
  const wanted = (part: Part, ports: readonly number[]): WantedPort[] => {
    const { existing, hostname, publishAddress } = args[part] ?? {};
    // Before several Ollamas that exist, the stack has a proxy at this port.
    if (existing?.endpoint !== undefined) return [];
    const stacks = hosts[part] === undefined ? args : undefined;
    const name = hostname ?? stacks?.hostname;
    return ports.map((port) => ({
      key: `${part}Port`,
      port,
      docker: hosts[part] ?? ofStack,
      publishAddress: publishAddressOf({ publishAddress: publishAddress ?? stacks?.publishAddress }),
      hostname: typeof name === "string" ? name : undefined,
    }));
  };
  // The component reports any other number of nodes, together with its other arguments.
  const nodes = nodesOf({ ...args.opensearch, nodes: args.opensearch?.nodes === 3 ? 3 : 1 });
  return [
    ...wanted(
      "opensearch",
      nodes.map(({ port }) => port),
    ),
    ...wanted("ollama", [args.ollama?.port ?? OLLAMA_PORT]),
  ];
}

const CONNECT_MILLISECONDS = 2_000;

async function isListening(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port, timeout: CONNECT_MILLISECONDS });
  return await new Promise<boolean>((resolve) => {
    socket.once("connect", () => resolve(true));
    socket.once("timeout", () => resolve(false));
    socket.once("error", () => resolve(false));
  }).finally(() => socket.destroy());
}

async function isFree(address: string, port: number): Promise<boolean> {
  const server = createServer();
  return await new Promise((resolve) => {
    // Other errors do not mean that the port is taken. Docker may still be able to publish it.
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code !== "EADDRINUSE"));
    server.listen({ host: address, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
