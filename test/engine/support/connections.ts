import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";

/** Remote addresses seen while watching: on loopback or in a private network, and anywhere else. */
export interface Connections {
  readonly samples: number;
  readonly inside: string[];
  readonly outside: string[];
}

/**
 * Watches the TCP and connected UDP sockets in the network namespaces of containers, as the kernel lists them, without
 * a pause until stopped.
 */
export function watchConnections(containers: readonly string[]): { stop(): Promise<Connections> } {
  const pids = containers.map((name) =>
    execFileSync("docker", ["inspect", name, "--format", "{{.State.Pid}}"], { encoding: "utf8" }).trim(),
  );
  const seen = new Set<string>();
  let samples = 0;
  let stopped = false;
  const loop = (async () => {
    while (!stopped) {
      for (const pid of pids) for (const address of remoteAddresses(pid)) seen.add(address);
      samples += 1;
      await nextTurn();
    }
  })();
  return {
    stop: async () => {
      stopped = true;
      await loop;
      const all = [...seen].sort();
      return { samples, inside: all.filter(isInside), outside: all.filter((address) => !isInside(address)) };
    },
  };
}

function remoteAddresses(pid: string): string[] {
  return ["tcp", "tcp6", "udp", "udp6"].flatMap((kind) =>
    readFileSync(`/proc/${pid}/net/${kind}`, "utf8")
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/\s+/)[2] ?? "")
      .filter((remote) => remote !== "" && !remote.endsWith(":0000"))
      .map((remote) => address(remote.split(":")[0] ?? "")),
  );
}

/** The kernel writes each 32-bit word of an address with its bytes reversed. */
function address(hex: string): string {
  const words = hex.match(/.{8}/g) ?? [];
  const bytes = words.flatMap((word) => (word.match(/../g) ?? []).reverse().map((pair) => Number.parseInt(pair, 16)));
  const last = bytes.slice(-4).join(".");
  if (bytes.length === 4) return last;
  const mapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
  if (mapped) return last;
  return bytes.slice(0, 15).every((byte) => byte === 0) && bytes[15] === 1 ? "::1" : hex;
}

function isInside(ip: string): boolean {
  return /^(127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(ip) || ip === "::1";
}
