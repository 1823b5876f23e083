import { request } from "node:http";
import { createServer } from "node:net";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { covers, occupiedAddresses, publishAddressOf } from "../components/addresses";
import type { OllamaChatStackArgs } from "../components/args";
import { stackLabel } from "../components/docker-parts";
import { isFormerStack } from "../components/former-stack";
import { OLLAMA_PORT } from "../components/ollama-server";
import { OPENSEARCH_PORT } from "../components/opensearch-server";
import { STACK_LABEL } from "../components/stack-label";
import { hostOf } from "../providers/shared/base-url";

interface WantedPort {
  readonly key: string;
  readonly port: number;
}

/**
 * Stops before any container is created if another process holds a port. This stack's own container may hold it.
 */
export async function requireFreePorts(args: OllamaChatStackArgs): Promise<void> {
  const published = publishAddressOf(args);
  const [first, second] = wantedPorts(args);
  if (first !== undefined && first.port === second?.port) {
    throw new pulumi.RunError(
      `${second.key} is ${second.port}: ${first.key} is the same. Choose another port with\n  pulumi config set ${second.key} ${second.port + 1}`,
    );
  }
  for (const { key, port } of wantedPorts(args)) {
    if (!isPort(port)) continue;
    for (const address of occupiedAddresses(published)) await requireOurs(key, address, port);
  }
}

/** Checks one address: the stack's own container may listen on one, and a stranger on another. */
async function requireOurs(key: string, address: string, port: number): Promise<void> {
  if (await isFree(address, port)) return;
  const where = `${hostOf(address)}:${port}`;
  const containers = await stacksContainers();
  if (containers === undefined) throw dockerSilent(key, where, port);
  const holder = containers.find(({ Ports }) =>
    (Ports ?? []).some(({ IP, PublicPort }) => PublicPort === port && covers(IP, address)),
  );
  const stack = holder?.Labels?.[STACK_LABEL];
  if (stack === stackLabel() || (stack !== undefined && (await isFormerStack(stack)) === true)) return;
  const who = stack === undefined ? "something else on this machine" : `a container of the stack ${stack}`;
  throw new pulumi.RunError(
    `${key} is ${port}: ${who} listens on ${where} already. Stop it, or choose another port with\n  pulumi config set ${key} ${port + 1}`,
  );
}

/** The component reports invalid ports, together with its other arguments. */
function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port < 65_536;
}

function dockerSilent(key: string, listening: string, port: number): pulumi.RunError {
  const where = process.env.DOCKER_HOST ? `at DOCKER_HOST=${process.env.DOCKER_HOST}` : "at /var/run/docker.sock";
  return new pulumi.RunError(
    `${key} is ${port}: something listens on ${listening} already, and Docker cannot be reached ${where} to tell whether it is this stack's own container. Start Docker, or correct DOCKER_HOST.`,
  );
}

function wantedPorts(args: OllamaChatStackArgs): WantedPort[] {
  const wanted: WantedPort[] = [];
  if (!args.opensearch?.existing)
    wanted.push({ key: "opensearchPort", port: args.opensearch?.port ?? OPENSEARCH_PORT });
  if (!args.ollama?.existing) wanted.push({ key: "ollamaPort", port: args.ollama?.port ?? OLLAMA_PORT });
  return wanted;
}

async function isFree(address: string, port: number): Promise<boolean> {
  const server = createServer();
  return await new Promise((resolve) => {
    // Other errors do not mean that the port is taken. Docker may still be able to publish it.
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code !== "EADDRINUSE"));
    server.listen({ host: address, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

const publishedPort = z.object({ IP: z.string().default(""), PublicPort: z.number().optional() });
const stacksContainer = z.object({
  Labels: z.record(z.string(), z.string()).nullish(),
  Ports: z.array(publishedPort).nullish(),
});

/**
 * Containers of this package's stacks; `undefined` if Docker does not answer. A remote Docker publishes no port here.
 */
async function stacksContainers(): Promise<z.infer<typeof stacksContainer>[] | undefined> {
  const socket = dockerSocket();
  if (socket === undefined) return [];
  const filters = encodeURIComponent(JSON.stringify({ label: [STACK_LABEL] }));
  const answer = await get(socket, `/containers/json?filters=${filters}`).catch(() => undefined);
  return answer === undefined ? undefined : (z.array(stacksContainer).safeParse(jsonOf(answer)).data ?? []);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function dockerSocket(): string | undefined {
  const host = process.env.DOCKER_HOST;
  if (host !== undefined && !host.startsWith("unix://")) return undefined;
  return host?.slice("unix://".length) ?? "/var/run/docker.sock";
}

async function get(socketPath: string, path: string): Promise<string> {
  return await new Promise((resolve, reject) => {
    const call = request({ socketPath, path, timeout: 5_000 }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => resolve(text));
    });
    call.on("timeout", () => call.destroy(new Error("Docker does not answer")));
    call.on("error", reject);
    call.end();
  });
}
