import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer, type Server as HttpServer } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { OllamaChatStackArgs } from "../../../components/args";
import { stackLabel } from "../../../components/docker-parts";
import { STACK_LABEL } from "../../../components/stack-label";
import { requireFreePorts } from "../../../program/ports";

const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === "::1"));
let folder: string;
const open: (Server | HttpServer)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ports-"));
  // No Docker, unless a test brings one.
  vi.stubEnv("DOCKER_HOST", `unix://${join(folder, "docker.sock")}`);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const server of open.splice(0)) {
    server.close();
    if (server.listening) await once(server, "close");
  }
  rmSync(folder, { recursive: true });
});

/** A port that something listens on. */
async function taken(address = "127.0.0.1"): Promise<number> {
  const server = createServer().listen(0, address);
  open.push(server);
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** A port that was free a moment ago. */
async function free(): Promise<number> {
  const port = await taken();
  const server = open.pop();
  server?.close();
  if (server) await once(server, "close");
  return port;
}

/** A container of this stack, or of another one. */
const container = (PublicPort: number, stack = stackLabel(), IP = "") => ({
  Labels: { [STACK_LABEL]: stack },
  Ports: [{ PublicPort, ...(IP && { IP }) }, {}],
});

/** A `pulumi` that knows these stacks, or does not say. */
function pulumiKnows(stacks: readonly string[] | undefined): void {
  const lines = stacks === undefined ? "exit 255" : `echo '${JSON.stringify(stacks.map((name) => ({ name })))}'`;
  writeFileSync(join(folder, "pulumi"), `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
  vi.stubEnv("PATH", `${folder}:/usr/bin:/bin`);
}

/** A Docker that answers so, and what it was asked. */
async function docker(containers: unknown): Promise<string[]> {
  const asked: string[] = [];
  const server = createHttpServer((request, response) => {
    asked.push(decodeURIComponent(request.url ?? ""));
    response.end(typeof containers === "string" ? containers : JSON.stringify(containers));
  }).listen(join(folder, "docker.sock"));
  open.push(server);
  await once(server, "listening");
  return asked;
}

const args = (opensearch: number, ollama: number): OllamaChatStackArgs => ({
  opensearch: { port: opensearch },
  ollama: { port: ollama },
});

async function failureOf(stack: OllamaChatStackArgs): Promise<unknown> {
  return await requireFreePorts(stack).then(
    () => expect.unreachable("a taken port should have been found"),
    (error: unknown) => error,
  );
}

describe("ports", () => {
  it("that are free are fine", async () => {
    await requireFreePorts(args(await free(), await free()));
  });

  it.each(["opensearchPort", "ollamaPort"])("%s that is taken is told, with the way out", async (key) => {
    const [busy, other] = [await taken(), await free()];
    await docker([]);
    const failure = await failureOf(key === "opensearchPort" ? args(busy, other) : args(other, busy));
    expect(pulumi.RunError.isInstance(failure)).toBe(true);
    expect(failure).toHaveProperty(
      "message",
      `${key} is ${busy}: something else on this machine listens on 127.0.0.1:${busy} already. Stop it, or choose another port with\n  pulumi config set ${key} ${busy + 1}`,
    );
  });

  it("a Docker that cannot be asked is told, since the port may be our own container's", async () => {
    const busy = await taken();
    expect(await failureOf(args(busy, await free()))).toHaveProperty(
      "message",
      `opensearchPort is ${busy}: something listens on 127.0.0.1:${busy} already, and Docker cannot be reached at DOCKER_HOST=unix://${join(folder, "docker.sock")} to tell whether it is this stack's own container. Start Docker, or correct DOCKER_HOST.`,
    );
  });

  it("what is no port is left to the component, which tells it with all the rest", async () => {
    await requireFreePorts(args(99_999, -1));
  });

  it("of servers that exist already are not looked at", async () => {
    const busy = await taken();
    await requireFreePorts({
      opensearch: { existing: { endpoint: "http://localhost:9200" }, port: busy },
      ollama: { existing: { endpoint: "http://localhost:11434" }, port: busy },
    });
  });

  it("that this stack's own containers hold are fine", async () => {
    const [one, two] = [await taken(), await taken()];
    const asked = await docker([container(one), { Labels: null, Ports: null }, container(two)]);
    await requireFreePorts(args(one, two));
    expect(asked[0]).toBe('/containers/json?filters={"label":["pulumi-ollama-chat.stack"]}');
  });

  it.each([
    ["of this project, that there is", `${pulumi.getProject()}/other`, ["other", pulumi.getStack()]],
    ["of this project, where pulumi does not tell", `${pulumi.getProject()}/other`, undefined],
    ["of another project", "another/gone", []],
  ])("that another stack's containers hold are not: one %s", async (_what, stack, known) => {
    const busy = await taken();
    await docker([container(busy, stack)]);
    pulumiKnows(known);
    expect(await failureOf(args(busy, await free()))).toHaveProperty(
      "message",
      `opensearchPort is ${busy}: a container of the stack ${stack} listens on 127.0.0.1:${busy} already. Stop it, or choose another port with\n  pulumi config set opensearchPort ${busy + 1}`,
    );
  });

  it.each([["dev"], ["team/project/dev"]])(
    "that its own containers hold are fine after a rename to %s",
    async (name) => {
      const busy = await taken();
      await docker([container(busy, `${pulumi.getProject()}/former`)]);
      pulumiKnows([name]);
      await requireFreePorts(args(busy, await free()));
    },
  );

  it.each([["no JSON"], ['{"message": "page not found"}']])("a Docker that answers %s owns none", async (answer) => {
    const busy = await taken();
    await docker(answer);
    expect(await failureOf(args(busy, await free()))).toHaveProperty("message", expect.stringContaining(`is ${busy}`));
  });

  it("a Docker elsewhere owns none here", async () => {
    vi.stubEnv("DOCKER_HOST", "tcp://127.0.0.1:9");
    const busy = await taken();
    expect(await failureOf(args(busy, await free()))).toHaveProperty("message", expect.stringContaining(`is ${busy}`));
  });

  it.runIf(hasIpv6)("that somebody else holds where localhost leads too are told", async () => {
    const busy = await taken("::1");
    await docker([container(busy, stackLabel(), "127.0.0.1")]);
    expect(await failureOf(args(busy, await free()))).toHaveProperty(
      "message",
      `opensearchPort is ${busy}: something else on this machine listens on [::1]:${busy} already. Stop it, or choose another port with\n  pulumi config set opensearchPort ${busy + 1}`,
    );
  });

  it("are looked at where they are to be published, and nowhere else", async () => {
    const busy = await taken("127.0.0.2");
    await docker([container(busy, stackLabel(), "127.0.0.1")]);
    const stack = args(busy, await free());
    expect(await failureOf({ ...stack, publishAddress: "127.0.0.2" })).toHaveProperty(
      "message",
      expect.stringContaining(`listens on 127.0.0.2:${busy} already`),
    );
    await requireFreePorts({ ...stack, publishAddress: "127.0.0.3" });
  });

  it("that are to be published on every address must be free on each", async () => {
    const own = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
    for (const { address } of own.filter(({ family }) => family === "IPv4")) {
      const busy = await taken(address);
      await docker([container(busy, stackLabel(), "127.9.9.9")]);
      expect(await failureOf({ ...args(busy, await free()), publishAddress: "0.0.0.0" })).toHaveProperty(
        "message",
        expect.stringContaining(`listens on ${address}:${busy} already`),
      );
      for (const server of open.splice(0)) await new Promise((closed) => server.close(closed));
    }
  });

  it("that our own container holds on every address are fine", async () => {
    const busy = await taken("0.0.0.0");
    await docker([container(busy, stackLabel(), "0.0.0.0")]);
    await requireFreePorts({ ...args(busy, await free()), publishAddress: "0.0.0.0" });
    await requireFreePorts(args(busy, await free()));
  });

  it("on an address that is not this machine's are left for Docker to judge", async () => {
    await requireFreePorts({ ...args(await free(), await free()), publishAddress: "192.0.2.1" });
  });

  it("that are one and the same are told, before Docker would", async () => {
    const port = await free();
    expect(await failureOf(args(port, port))).toHaveProperty(
      "message",
      `ollamaPort is ${port}: opensearchPort is the same. Choose another port with\n  pulumi config set ollamaPort ${port + 1}`,
    );
  });
});
