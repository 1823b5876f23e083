import { statfs } from "node:fs/promises";
import { freemem, networkInterfaces } from "node:os";
import { dockerAddress } from "../../../providers/shared/docker-address";

/** The machine that doctor runs on. */
export interface Machine {
  /** Memory available to programs, in bytes. */
  readonly freeMemoryBytes: () => number;
  /** IPv4 addresses of this machine other than loopback. */
  readonly addresses: () => readonly string[];
  /** Free and total size of the disk that holds a path. `undefined` if unknown. */
  readonly disk: (path: string) => Promise<{ readonly freeBytes: number; readonly totalBytes: number } | undefined>;
  /** Where Docker listens unless a stack says otherwise: a URL as in `DOCKER_HOST`. */
  readonly dockerHost: string;
  /** Variables for the programs that doctor starts. */
  readonly environment: NodeJS.ProcessEnv;
}

export function thisMachine(environment = process.env): Machine {
  return {
    freeMemoryBytes: freemem,
    addresses: () =>
      Object.values(networkInterfaces())
        .flatMap((addresses) => addresses ?? [])
        .filter(({ family, internal }) => family === "IPv4" && !internal)
        .map(({ address }) => address),
    disk: async (path) => {
      try {
        const { bavail, blocks, bsize } = await statfs(path);
        return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
      } catch {
        return undefined;
      }
    },
    dockerHost: dockerAddress({}, environment),
    environment,
  };
}
