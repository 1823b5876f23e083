import { request } from "node:http";
import { createServer } from "node:net";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { OllamaChatStackArgs } from "../components/args";
import { STACK_LABEL, stackLabel } from "../components/naming";
import { OLLAMA_PORT } from "../components/ollama-server";
import { OPENSEARCH_PORT } from "../components/open-search-server";
import { covers, occupiedAddresses, publishAddressOf } from "../components/published-address";
import { hostOf } from "../providers/base-url";

interface WantedPort {
  readonly key: string;
  readonly port: number;
}

/**
 * Stops before any container is made when a port is taken by somebody else. A port that is held by this stack's own
 * container is fine.
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

/** Judged address by address: our own container on one of them says nothing of the others. */
async function requireOurs(key: string, address: string, port: number): Promise<void> {
  if (await isFree(address, port)) return;
  const where = `${hostOf(address)}:${port}`;
  const ours = await ourPublishedPorts();
  if (ours === undefined) throw dockerSilent(key, where, port);
  if (ours.some(({ IP, PublicPort }) => PublicPort === port && covers(IP, address))) return;
  throw new pulumi.RunError(
    `${key} is ${port}: something else on this machine listens on ${where} already. Stop it, or choose another port with\n  pulumi config set ${key} ${port + 1}`,
  );
}

/** What is no port is told by the component, which checks all of its arguments. */
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
    // Other errors say nothing of the port: a low one, or an address of another machine, may still suit Docker.
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code !== "EADDRINUSE"));
    server.listen({ host: address, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

const publishedPort = z.object({ IP: z.string().default(""), PublicPort: z.number().optional() });
const containersAnswer = z.array(z.object({ Ports: z.array(publishedPort).nullish() }));

/**
 * Ports that containers with this stack's label publish; `undefined` where Docker does not answer. A Docker elsewhere
 * publishes none here.
 */
async function ourPublishedPorts(): Promise<z.infer<typeof publishedPort>[] | undefined> {
  const socket = dockerSocket();
  if (socket === undefined) return [];
  const filters = encodeURIComponent(JSON.stringify({ label: [`${STACK_LABEL}=${stackLabel()}`] }));
  const answer = await get(socket, `/containers/json?filters=${filters}`).catch(() => undefined);
  if (answer === undefined) return undefined;
  return containersOf(answer).flatMap(({ Ports }) => Ports ?? []);
}

function containersOf(answer: string): z.infer<typeof containersAnswer> {
  try {
    return containersAnswer.parse(JSON.parse(answer));
  } catch {
    return [];
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
