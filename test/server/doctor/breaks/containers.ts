import { createServer } from "node:net";
import { ADAPTED_SECURITY_LABEL } from "../../../../cli/commands/doctor/docker/stack-containers";
import type { DoctorWorld } from "../world";
import type { Breaks } from "./break";

const portOf = (url: string) => Number(new URL(url).port);

function withContainer(world: DoctorWorld, part: "opensearch" | "ollama", more: object = {}): void {
  const endpoint = part === "opensearch" ? world.cluster.url : world.outputs.ollamaEndpoint;
  world.docker.containers.set(`chat-dev-chat-${part}`, { port: portOf(endpoint ?? ""), ...more });
  world.docker.volumes.push(`chat-dev-chat-${part}`);
}

function ollamaIs(world: DoctorWorld, state: object, more: object = {}): void {
  withContainer(world, "ollama", { state: { Health: undefined, ...state }, ...more });
}

const STOPPED = { Status: "exited", Running: false };

export const CONTAINER_BREAKS: Breaks = {
  "port-taken": {
    how: "another program listens on Ollama's port, so its container could not start",
    break: async (world) => {
      const blocker = createServer().listen(0, "127.0.0.1");
      await new Promise((listening) => blocker.once("listening", listening));
      world.whenStopped(() => void blocker.close());
      const { port } = blocker.address() as { port: number };
      world.outputs.ollamaEndpoint = `http://127.0.0.1:${port}`;
      const error = `failed to set up container networking: driver failed programming external connectivity: failed to bind host port for 127.0.0.1:${port}: address already in use`;
      ollamaIs(world, { Status: "created", Running: false, Error: error });
    },
    check: "container-ollama",
    seen: /^chat-dev-chat-ollama could not start: port \d+ is held by \S.* \(process \d+\)$/,
  },
  "security-adapted": {
    how: "its image is the toolchain's own",
    break: (world) => withContainer(world, "opensearch", { labels: { [ADAPTED_SECURITY_LABEL]: "3.4.0.0" } }),
    check: "opensearch-plugins",
    status: "warn",
    seen: "opensearch-security is 3.4.0.0, adapted to 3.6.0 in the toolchain's own image",
  },
  "container-removed": {
    how: "the container was removed, its volume is still there",
    break: (world) => {
      withContainer(world, "opensearch");
      world.docker.containers.clear();
    },
    check: "container-opensearch",
    seen: "chat-dev-chat-opensearch is not there; its volume is",
  },
  "container-stopped": {
    how: "docker stop",
    break: (world) => ollamaIs(world, { ...STOPPED, ExitCode: 0 }, { log: "shutting down" }),
    check: "container-ollama",
    seen: "chat-dev-chat-ollama is exited, exit code 0; its log ends: shutting down",
  },
  "container-out-of-memory": {
    how: "the kernel killed it for want of memory",
    break: (world) => ollamaIs(world, { ...STOPPED, ExitCode: 137, OOMKilled: true }),
    check: "container-ollama",
    seen: "chat-dev-chat-ollama was killed for want of memory (exit code 137)",
  },
  "container-restarting": {
    how: "it ends soon after each start",
    break: (world) =>
      ollamaIs(
        world,
        { Status: "restarting", Restarting: true, ExitCode: 1 },
        { restartCount: 7, log: "Error: mkdir /root/.ollama: read-only file system" },
      ),
    check: "container-ollama",
    seen: "chat-dev-chat-ollama was restarted 7 times, exit code 1; its log ends: Error: mkdir /root/.ollama: read-only file system",
  },
  "container-unhealthy": {
    how: "its health check fails",
    break: (world) =>
      ollamaIs(world, { Health: { Status: "unhealthy", Log: [{ Output: "Error: could not connect to ollama\n" }] } }),
    check: "container-ollama",
    seen: "chat-dev-chat-ollama runs, unhealthy: Error: could not connect to ollama",
  },
  "docker-disk-low": {
    how: "the disk is nearly full",
    break: (world) => withContainer(world, "ollama"),
    machine: { disk: async () => ({ freeBytes: 2e9, totalBytes: 80e9 }) },
    check: "docker-disk",
    status: "warn",
    seen: "2.0 GB free of 80 GB",
  },
  "localhost-in-container": {
    how: "the connector calls localhost, and OpenSearch is in a container",
    break: (world) => withContainer(world, "opensearch"),
    check: "connector-address",
    seen: /^http:\/\/127\.0\.0\.1:\d+ is, for chat-dev-chat-opensearch, the container itself$/,
  },
};
