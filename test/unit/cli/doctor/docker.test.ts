import { createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { portHolder } from "../../../../cli/commands/doctor/docker/port-holder";
import { stackContainers } from "../../../../cli/commands/doctor/docker/stack-containers";
import { DockerEngine } from "../../../../clients/docker/engine";
import { DockerDouble } from "../../../server/doctor/docker-double";

let docker: DockerDouble;
beforeEach(async () => {
  docker = await new DockerDouble().start();
});
afterEach(async () => {
  await docker.stop();
});

const engine = () => DockerEngine.at(docker.host) ?? expect.unreachable("tcp is known");
const access = (opensearch: number, ollama: number) => ({
  source: "test",
  api: "generate",
  opensearch: { endpoint: `https://localhost:${opensearch}` },
  ollamaEndpoint: `http://localhost:${ollama}`,
});

describe("the stack's containers", () => {
  it("are those that publish its ports, also while they are stopped", async () => {
    docker.containers.set("p-dev-chat-opensearch", { port: 9200 });
    docker.containers.set("p-dev-chat-ollama", { port: 11434, state: { Running: false, Status: "exited" } });
    docker.containers.set("p-other-chat-ollama", { port: 11500 });
    const { containers, removed } = await stackContainers(engine(), access(9200, 11434));
    expect(containers.opensearch?.Name).toBe("p-dev-chat-opensearch");
    expect(containers.ollama?.Name).toBe("p-dev-chat-ollama");
    expect(removed).toEqual({});
  });

  it("a running one goes before a stopped one of another stack with the same port", async () => {
    docker.containers.set("p-old-chat-ollama", { port: 11434, state: { Running: false, Status: "exited" } });
    docker.containers.set("p-dev-chat-ollama", { port: 11434 });
    expect((await stackContainers(engine(), access(9200, 11434))).containers.ollama?.Name).toBe("p-dev-chat-ollama");
  });

  it("one whose volume is left was removed; without a volume there never was one", async () => {
    docker.containers.set("p-dev-chat-ollama", { port: 11434 });
    docker.volumes.push("p-dev-chat-ollama", "p-dev-chat-opensearch");
    expect((await stackContainers(engine(), access(9200, 11434))).removed).toEqual({
      opensearch: "p-dev-chat-opensearch",
    });
    docker.volumes.pop();
    expect((await stackContainers(engine(), access(9200, 11434))).removed).toEqual({});
  });

  it("a volume that a stack left which nobody named is no trace of a removed one", async () => {
    docker.volumes.push("p-dev-chat-ollama");
    expect((await stackContainers(engine(), access(9200, 11434))).removed).toEqual({});
    const named = await stackContainers(engine(), access(9200, 11434), { stack: "chat/dev" });
    expect(named.removed).toEqual({ ollama: "p-dev-chat-ollama" });
  });

  it("on an address of this machine are found by it, and not by another stack's that has the port on loopback", async () => {
    const [own = ""] = Object.values(networkInterfaces())
      .flatMap((all) => all ?? [])
      .filter(({ family, internal }) => family === "IPv4" && !internal)
      .map(({ address }) => address);
    docker.containers.set("p-other-chat-ollama", { port: 11434 });
    docker.containers.set("p-dev-chat-ollama", { port: 11434, address: own });
    docker.containers.set("p-dev-chat-opensearch", { port: 9200, address: "0.0.0.0" });
    const { containers } = await stackContainers(engine(), {
      ...access(9200, 11434),
      ollamaEndpoint: `http://${own}:11434`,
    });
    expect([containers.ollama?.Name, containers.opensearch?.Name]).toEqual([
      "p-dev-chat-ollama",
      "p-dev-chat-opensearch",
    ]);
  });

  it("servers elsewhere have none here", async () => {
    docker.containers.set("p-dev-chat-ollama", { port: 11434 });
    const elsewhere = { ...access(9200, 11434), ollamaEndpoint: "http://gpu.example.com:11434" };
    expect((await stackContainers(engine(), elsewhere)).containers).toEqual({});
  });
});

describe("the stack's containers on another machine", () => {
  const elsewhere = { ...access(9200, 11434), ollamaEndpoint: "http://10.0.0.7:11434" };

  it("are known by the stack's label and the port, if the state names that Docker, by whatever name it is reached", async () => {
    docker.containers.set("p-dev-chat-ollama", { port: 11434, address: "0.0.0.0" });
    docker.containers.set("p-dev-chat-opensearch", { port: 9201, address: "0.0.0.0" });
    const found = await stackContainers(engine(), elsewhere, { machine: "gpu-box", stack: "chat/dev" });
    expect([found.machine, found.containers.ollama?.Name]).toEqual(["gpu-box", "p-dev-chat-ollama"]);
    expect(found.containers.opensearch).toBeUndefined();
    const others = await stackContainers(engine(), elsewhere, { machine: "gpu-box", stack: "chat/prod" });
    expect(others.containers).toEqual({});
  });

  it("are looked for without a state only where the endpoint names that machine", async () => {
    docker.containers.set("p-dev-chat-ollama", { port: 11434, address: "0.0.0.0" });
    const names = async (machine: string) =>
      Object.values((await stackContainers(engine(), elsewhere, { machine })).containers).map(({ Name }) => Name);
    expect(await names("10.0.0.7")).toEqual(["p-dev-chat-ollama"]);
    expect(await names("gpu-box")).toEqual([]);
  });
});

describe("the engine", () => {
  it("gives the last line of a log, out of its frames", async () => {
    docker.containers.set("c", { port: 1, log: "first\nError: it broke\n" });
    expect(await engine().lastLogLine("c")).toBe("Error: it broke");
    expect(await engine().lastLogLine("unknown")).toBe("");
  });
});

describe("who holds a port", () => {
  it("is this process, for a port of its own", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((listening) => server.once("listening", listening));
    const { port } = server.address() as { port: number };
    expect(await portHolder(port)).toMatch(new RegExp(`\\(process ${process.pid}\\)$`));
    await new Promise((closed) => server.close(closed));
    expect(await portHolder(port)).toBeUndefined();
  });
});
