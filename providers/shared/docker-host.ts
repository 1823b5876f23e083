import { z } from "zod";
import { type DockerAt, dockerAt } from "./docker-address";

/** What matters here of a Docker host. */
export interface DockerHost {
  /** Its address, as in `DOCKER_HOST`. */
  readonly address: string;
  readonly memoryBytes: number;
  readonly cpus: number;
  /** Names of its runtimes, such as `runc` and `nvidia`. */
  readonly runtimes: readonly string[];
  /** Ids of devices that it can give to containers by CDI, such as `nvidia.com/gpu=all`. */
  readonly devices: readonly string[];
}

const info = z.object({
  MemTotal: z.number(),
  NCPU: z.number(),
  Runtimes: z.record(z.string(), z.unknown()).nullish(),
  DiscoveredDevices: z.array(z.object({ ID: z.string() })).nullish(),
});

/**
 * Asks a Docker host about itself. `undefined` if it can't be asked from here. That is no error here: whoever needs it will
 * say so.
 */
export async function askDockerHost({ address, tls }: DockerAt): Promise<DockerHost | undefined> {
  try {
    const told = await dockerAt(address, tls)?.get("/info", info);
    return told && { address, ...factsOf(told) };
  } catch {
    return undefined;
  }
}

function factsOf({ MemTotal, NCPU, Runtimes, DiscoveredDevices }: z.infer<typeof info>) {
  return {
    memoryBytes: MemTotal,
    cpus: NCPU,
    runtimes: Object.keys(Runtimes ?? {}),
    devices: (DiscoveredDevices ?? []).map(({ ID }) => ID),
  };
}

/** A Docker volume. */
export interface DockerVolume {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Whether a container has it, running or not. */
  readonly isUsed: boolean;
}

const volumes = z.object({
  Volumes: z.array(z.object({ Name: z.string(), Labels: z.record(z.string(), z.string()).nullish() })).nullish(),
});

/** The volumes with a label; `undefined` if Docker can't be asked. */
export async function volumesWith(
  label: string,
  { address, tls }: DockerAt,
): Promise<readonly DockerVolume[] | undefined> {
  const engine = dockerAt(address, tls);
  const found = async (filters: Record<string, string[]>) =>
    (await engine?.get(`/volumes?filters=${encodeURIComponent(JSON.stringify(filters))}`, volumes))?.Volumes ?? [];
  try {
    if (engine === undefined) return undefined;
    const [all, unused] = [await found({ label: [label] }), await found({ label: [label], dangling: ["true"] })];
    const names = unused.map(({ Name }) => Name);
    return all.map(({ Name, Labels }) => ({ name: Name, labels: Labels ?? {}, isUsed: !names.includes(Name) }));
  } catch {
    return undefined;
  }
}
