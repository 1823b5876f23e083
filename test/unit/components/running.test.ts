import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { OllamaArgs, OpenSearchArgs } from "../../../components/args";
import { requireCpus, requireGpus, requireHeap } from "../../../components/machine";
import { askDockerHost, type DockerHost } from "../../../providers/shared/docker-host";
import { PASSWORD, stackOf } from "./stack-support";

const GIGABYTE = 2 ** 30;
const HOST: DockerHost = {
  address: "tcp://gpu-box:2375",
  memoryBytes: 8 * GIGABYTE,
  cpus: 4,
  runtimes: ["runc"],
  devices: [],
};

let warned: string[];

beforeEach(() => {
  warned = [];
  vi.spyOn(pulumi.log, "warn").mockImplementation(async (text) => {
    warned.push(text);
  });
});

afterEach(() => {
  vi.restoreAllMocks();
});

async function containers(opensearch: Partial<OpenSearchArgs>, ollama: OllamaArgs) {
  const { of } = await stackOf({ opensearch: { adminPassword: PASSWORD, ...opensearch }, ollama });
  return { opensearch: of("chat-opensearch").inputs, ollama: of("chat-ollama").inputs };
}

describe("how the containers run", () => {
  it("by default their logs are bounded, no capability is left, and Ollama writes to its volume and /tmp only", async () => {
    const { opensearch, ollama } = await containers({}, {});
    for (const inputs of [opensearch, ollama]) {
      expect(inputs).toMatchObject({
        restart: "unless-stopped",
        logDriver: "json-file",
        logOpts: { "max-size": "10m", "max-file": "3" },
        capabilities: { drops: ["ALL"], adds: [] },
      });
      for (const limit of ["memory", "memorySwap", "cpus", "maxRetryCount"]) expect(inputs).not.toHaveProperty(limit);
    }
    expect(ollama).toMatchObject({ readOnly: true, tmpfs: { "/tmp": "rw,exec,nosuid,nodev" } });
    expect(opensearch).not.toHaveProperty("readOnly");
  });

  it("limits reach the container they are given to, and nothing is swapped", async () => {
    const { opensearch, ollama } = await containers(
      { memory: "2g", cpus: 1.5, restart: "always" },
      { memory: "512m", cpus: 2, restart: "on-failure:3" },
    );
    expect(opensearch).toMatchObject({ memory: 2048, memorySwap: 2048, cpus: "1.5", restart: "always" });
    expect(ollama).toMatchObject({
      memory: 512,
      memorySwap: 512,
      cpus: "2.0",
      restart: "on-failure",
      maxRetryCount: 3,
    });
  });

  it("a log driver brings its own options, and default leaves both to Docker", async () => {
    const { opensearch, ollama } = await containers(
      { log: { driver: "journald" } },
      { log: { driver: "local", options: { "max-size": "1m" } } },
    );
    expect(opensearch).toMatchObject({ logDriver: "journald" });
    expect(opensearch).not.toHaveProperty("logOpts");
    expect(ollama).toMatchObject({ logDriver: "local", logOpts: { "max-size": "1m" } });
    const left = await containers({ log: { driver: "default" } }, { log: { driver: "local" } });
    expect(left.opensearch).not.toHaveProperty("logDriver");
    expect(left.ollama).toMatchObject({ logOpts: { "max-size": "10m", "max-file": "3" } });
  });

  it("capabilities are kept by name, or as Docker gives them", async () => {
    const { opensearch, ollama } = await containers({ capabilities: "default" }, { capabilities: ["DAC_OVERRIDE"] });
    expect(opensearch).not.toHaveProperty("capabilities");
    expect(ollama).toMatchObject({ capabilities: { drops: ["ALL"], adds: ["DAC_OVERRIDE"] } });
  });

  it("with GPUs, whose runtime writes into the container, Ollama's is writable unless it is asked for", async () => {
    expect((await containers({}, { gpus: "all" })).ollama).not.toHaveProperty("readOnly");
    expect((await containers({}, { gpus: "all", readOnlyRoot: true })).ollama).toMatchObject({ readOnly: true });
    expect((await containers({}, { readOnlyRoot: false })).ollama).not.toHaveProperty("readOnly");
  });

  it("a volume with a name of the user's has it, and another name leads to another volume", async () => {
    const { of } = await stackOf({ opensearch: { adminPassword: PASSWORD, volume: "documents" }, ollama: {} });
    const volume = of("chat-opensearch-volume");
    expect(volume.inputs).toMatchObject({ name: "documents" });
    expect(volume.ignoreChanges).toStrictEqual(["labels"]);
    expect(of("chat-ollama-volume").ignoreChanges).toStrictEqual(["name", "labels"]);
  });
});

const refusal = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    expect(pulumi.RunError.isInstance(error)).toBe(true);
    return (error as Error).message;
  }
  return expect.unreachable("this should have been refused");
};

describe("what does not fit into the machine", () => {
  const heap = (opensearch: OpenSearchArgs, host: DockerHost | undefined = HOST, nodes = 1) =>
    requireHeap("chat", opensearch, nodes, host);

  it("a heap that leaves half of the memory is fine, and so is any where the memory is not known", () => {
    expect(heap({ heap: "4g" })).toBe("4g");
    expect(heap({})).toBe("1g");
    expect(requireHeap("chat", { heap: "900g" }, 1, undefined)).toBe("900g");
    expect(warned).toEqual([]);
  });

  it("more than half is a warning", () => {
    expect(heap({ heap: "5g" })).toBe("5g");
    expect(heap({ heap: "1g", memory: "1536m" })).toBe("1g");
    expect(warned).toEqual([
      'OllamaChatStack "chat": opensearch.heap is "5g", more than half of the 8192m of the Docker host at tcp://gpu-box:2375. OpenSearch needs the other half for its indices, outside of the heap.',
      'OllamaChatStack "chat": opensearch.heap is "1g", more than half of the container\'s opensearch.memory of 1536m. OpenSearch needs the other half for its indices, outside of the heap.',
    ]);
  });

  it("more than there is, is refused", () => {
    expect(refusal(() => heap({ heap: "8g" }))).toBe(
      'OllamaChatStack "chat": opensearch.heap is "8g": must be 7872m at most to fit into the 8192m of the Docker host at tcp://gpu-box:2375, of which OpenSearch needs 320m besides the heap; half of it is a good choice',
    );
    expect(refusal(() => heap({ heap: "12g", memory: "16g" }))).toMatch(/the 8192m of the Docker host/);
  });

  it.each<readonly [OpenSearchArgs, string]>([
    [
      { heap: "512m", memory: "768m" },
      'opensearch.heap is "512m": must be 448m at most to fit into the container\'s opensearch.memory of 768m, of which OpenSearch needs 320m besides the heap; half of it is a good choice',
    ],
    [
      { memory: "256m" },
      'opensearch.heap is "1g": OpenSearch does not fit into the container\'s opensearch.memory of 256m: it needs 384m at the least',
    ],
    [{ memory: "4 GB" }, 'opensearch.memory is "4 GB": must be a size such as 4g or 512m, from 64m to 4096g'],
    [
      { cpus: 10.05 },
      "opensearch.cpus is 10.05: must be another number, because Docker's provider reads this one back as a different one",
    ],
    [
      { cpus: 0 },
      "opensearch.cpus is 0: must be a number of CPUs from 0.1, such as 2 or 1.5, with two decimals at most",
    ],
    [
      { restart: "on-failure:0" },
      'opensearch.restart is "on-failure:0": must be no, on-failure, on-failure with a number of tries (on-failure:3), unless-stopped or always',
    ],
    [
      { log: { driver: "" } },
      'opensearch.log.driver is "": must be a log driver of Docker, such as json-file, local, journald or none, or default',
    ],
    [{ log: { size: "10m" } as object }, "opensearch.log.size is not an input. Allowed: driver, options."],
    [
      { capabilities: ["CAP_CHOWN"] },
      'opensearch.capabilities.0 is "CAP_CHOWN": must be a Linux capability without CAP_, such as DAC_OVERRIDE',
    ],
    [
      { volume: "a/b" },
      'opensearch.volume is "a/b": must be a Docker volume\'s name: 2 to 255 letters, digits and . _ - that begin with a letter or a digit',
    ],
  ])("%j is refused in the preview", async (opensearch, message) => {
    const failure = await stackOf({ opensearch: { adminPassword: PASSWORD, ...opensearch } }).catch((error) => error);
    expect(failure).toHaveProperty("message", `OllamaChatStack "chat": ${message}`);
  });

  it("more CPUs than the host has are refused", () => {
    const ollama = { component: "chat", path: "ollama" };
    expect(requireCpus(ollama, 4, HOST)).toBe("4.0");
    expect(requireCpus(ollama, 64, undefined)).toBe("64.0");
    expect(refusal(() => requireCpus(ollama, 4.5, HOST))).toBe(
      'OllamaChatStack "chat": ollama.cpus is 4.5: must be 4 at most, the CPUs of the Docker host at tcp://gpu-box:2375',
    );
  });

  it("GPUs are refused where Docker has no runtime for them", () => {
    expect(refusal(() => requireGpus("chat", "all", HOST))).toBe(
      'OllamaChatStack "chat": ollama.gpus is "all": Docker at tcp://gpu-box:2375 has no runtime for GPUs, only runc. Install the NVIDIA container toolkit there (nvidia-ctk runtime configure --runtime=docker, then restart Docker), or leave it out',
    );
    expect(requireGpus("chat", "device=0,2", { ...HOST, runtimes: ["nvidia", "runc"] })).toBe('"device=0,2"');
    expect(requireGpus("chat", "all", { ...HOST, devices: ["nvidia.com/gpu=all"] })).toBe("all");
    expect(requireGpus("chat", "all", undefined)).toBe("all");
  });
});

describe("a Docker host", () => {
  it("is asked over its socket", async () => {
    const folder = mkdtempSync(join(tmpdir(), "docker-host-"));
    const socket = join(folder, "docker.sock");
    const told = { MemTotal: 8 * GIGABYTE, NCPU: 4, Runtimes: { nvidia: {}, runc: {} }, DiscoveredDevices: null };
    const server = createServer((request, response) =>
      response.end(request.url === "/info" ? JSON.stringify(told) : ""),
    );
    await new Promise<void>((listening) => server.listen(socket, listening));
    try {
      expect(await askDockerHost({ address: `unix://${socket}` })).toStrictEqual({
        address: `unix://${socket}`,
        memoryBytes: 8 * GIGABYTE,
        cpus: 4,
        runtimes: ["nvidia", "runc"],
        devices: [],
      });
    } finally {
      server.close();
      rmSync(folder, { recursive: true });
    }
  });

  it("that does not answer, or cannot be asked, is no error", async () => {
    expect(await askDockerHost({ address: "unix:///nonexistent" })).toBeUndefined();
    expect(await askDockerHost({ address: "npipe:////./pipe/docker_engine" })).toBeUndefined();
  });
});
