import * as pulumi from "@pulumi/pulumi";
import { sentence } from "../providers/shared/checking";
import { cpusText } from "../providers/shared/container-values";
import type { DockerHost } from "../providers/shared/docker-host";
import { bytesOf, gpuRequest } from "../providers/shared/values";
import type { OpenSearchArgs } from "./args";
import { refusal } from "./refusal";

const MEGABYTE = 2 ** 20;
/**
 * Memory of OpenSearch besides its heap, at the least. Seen on 3.6.0 with 512m of heap: the kernel ended it at a limit
 * of 768m, and it started with 832m.
 */
const BESIDES_HEAP = 320 * MEGABYTE;
export const DEFAULT_HEAP = "1g";

/** Where the memory is, for messages. */
interface Memory {
  readonly bytes: number;
  readonly whose: string;
}

/** Why OpenSearch would not start with this memory limit; `undefined` if it does. */
export function limitProblem({ heap = DEFAULT_HEAP, memory }: OpenSearchArgs): string | undefined {
  const bytes = memory === undefined ? undefined : bytesOf(memory);
  const needed = bytesOf(heap);
  if (bytes === undefined || needed === undefined || needed + BESIDES_HEAP <= bytes) return undefined;
  return heapSentence(heap, { bytes, whose: `the container's opensearch.memory of ${memory}` }, 1);
}

/**
 * The heap, once it is known to fit into the memory there is: the container's limit, else the Docker host's memory.
 *
 * @throws pulumi.RunError if OpenSearch could not start with it. Warns if it leaves less than half of the memory.
 */
export function requireHeap(
  component: string,
  { heap = DEFAULT_HEAP, memory }: OpenSearchArgs,
  nodes: number,
  host: DockerHost | undefined,
): string {
  const limit = memory === undefined ? undefined : bytesOf(memory);
  const each = bytesOf(heap) ?? 0;
  const places: Memory[] = [];
  if (limit !== undefined)
    places.push({ bytes: limit * nodes, whose: `the container's opensearch.memory of ${memory}` });
  if (host !== undefined)
    places.push({
      bytes: host.memoryBytes,
      whose: `the ${sizeOf(host.memoryBytes)} of the Docker host at ${host.address}`,
    });
  const least = places.sort((a, b) => a.bytes - b.bytes)[0];
  if (least === undefined) return heap;
  if ((each + BESIDES_HEAP) * nodes > least.bytes) {
    throw refusal(component, heapSentence(heap, least, nodes));
  }
  if (each * nodes * 2 > least.bytes) {
    void pulumi.log.warn(
      `OllamaChatStack ${JSON.stringify(component)}: opensearch.heap is ${JSON.stringify(heap)}${eachOf(nodes)}, more than half of ${least.whose}. OpenSearch needs the other half for its indices, outside of the heap.`,
    );
  }
  return heap;
}

function heapSentence(heap: string, { bytes, whose }: Memory, nodes: number): string {
  const most = Math.floor((bytes / nodes - BESIDES_HEAP) / MEGABYTE);
  const rule =
    most < 64
      ? `OpenSearch does not fit into ${whose}: it needs ${(64 + BESIDES_HEAP / MEGABYTE) * nodes}m at the least`
      : `must be ${most}m at most${eachOf(nodes)} to fit into ${whose}, of which OpenSearch needs ${(BESIDES_HEAP / MEGABYTE) * nodes}m besides the heap; half of it is a good choice`;
  return sentence(["opensearch", "heap"], heap, rule);
}

function eachOf(nodes: number): string {
  return nodes === 1 ? "" : ` for each of ${nodes} nodes`;
}

function sizeOf(bytes: number): string {
  return `${Math.floor(bytes / MEGABYTE)}m`;
}

/**
 * The CPUs for Docker's provider.
 *
 * @throws pulumi.RunError if the Docker host is known to have fewer: Docker would refuse to create the container.
 */
export function requireCpus(
  { component, path }: { readonly component: string; readonly path: string },
  cpus: number,
  host: DockerHost | undefined,
): string {
  if (host === undefined || cpus <= host.cpus) return cpusText(cpus);
  const rule = `must be ${host.cpus} at most, the CPUs of the Docker host at ${host.address}`;
  throw refusal(component, sentence([path, "cpus"], cpus, rule));
}

/**
 * The GPUs for Docker's provider.
 *
 * @throws pulumi.RunError if the Docker host is known to have no runtime for GPUs. Docker's own refusal says nothing of one.
 */
export function requireGpus(component: string, gpus: string, host: DockerHost | undefined): string {
  const able = ({ runtimes, devices }: DockerHost) =>
    runtimes.some((name) => name.includes("nvidia")) || devices.some((id) => id.includes("gpu"));
  if (host === undefined || able(host)) return gpuRequest(gpus);
  const rule = `Docker at ${host.address} has no runtime for GPUs, only ${host.runtimes.join(", ")}. Install the NVIDIA container toolkit there (nvidia-ctk runtime configure --runtime=docker, then restart Docker), or leave it out`;
  throw refusal(component, sentence(["ollama", "gpus"], gpus, rule));
}
