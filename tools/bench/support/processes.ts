import { readdirSync, readFileSync } from "node:fs";

/** A process of a command's tree, as the kernel shows it. */
export interface SeenProcess {
  readonly pid: number;
  /** Program and arguments, the last ones seen: a launcher may turn into what it launches. */
  readonly command: string;
  /** Milliseconds since 1970, to the kernel's ten milliseconds. */
  readonly startMs: number;
  /** Most memory it held at once, by the kernel's own count. */
  readonly peakRssBytes: number;
}

/** The SDK's server of dynamic providers: started by its path, or by a line of code that requires it. */
export const PROVIDER_HOST = /\bcmd\/dynamic-provider\b.* [\d.]+:\d+$/;

const TICK_MILLISECONDS = 10;

/** Watches a process and everything it starts, until stopped. */
export function watchProcesses(root: number, everyMilliseconds: number): { stop(): readonly SeenProcess[] } {
  const seen = new Map<number, SeenProcess>();
  const look = (): void => {
    for (const pid of tree(root)) {
      const found = inspect(pid);
      if (found !== undefined) seen.set(pid, found);
    }
  };
  look();
  const timer = setInterval(look, everyMilliseconds);
  return {
    stop: () => {
      clearInterval(timer);
      return [...seen.values()].sort((a, b) => a.startMs - b.startMs);
    },
  };
}

function inspect(pid: number): SeenProcess | undefined {
  const command = read(`/proc/${pid}/cmdline`)?.replaceAll("\0", " ").trim();
  const fields = statFields(pid);
  const peakRssBytes = kilobytes(read(`/proc/${pid}/status`), "VmHWM");
  // The 22nd field of the line, counted from the one after the name.
  const ticks = Number(fields?.[19]);
  if (!command || peakRssBytes === undefined || Number.isNaN(ticks)) return undefined;
  return { pid, command, startMs: bootMs() + ticks * TICK_MILLISECONDS, peakRssBytes };
}

function bootMs(): number {
  const uptimeSeconds = Number((read("/proc/uptime") ?? "").split(" ")[0]);
  return performance.timeOrigin + performance.now() - uptimeSeconds * 1000;
}

function tree(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const parent = Number(statFields(Number(name))?.[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const below = (pid: number): number[] => [pid, ...(children.get(pid) ?? []).flatMap(below)];
  return below(root);
}

/** What follows the name in a process's stat line; the name may hold spaces and brackets. */
function statFields(pid: number): string[] | undefined {
  const stat = read(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
}

function kilobytes(status: string | undefined, key: string): number | undefined {
  const value = new RegExp(`^${key}:\\s+(\\d+) kB`, "m").exec(status ?? "")?.[1];
  return value === undefined ? undefined : Number(value) * 1024;
}

/** Undefined for what has ended meanwhile. */
function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
