import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";

/** `kill -9` of a command and of everything it started: nobody gets to say goodbye. */
export async function killWithChildren(command: ChildProcess): Promise<void> {
  const pid = pidOf(command);
  const closed = once(command, "close");
  killAll([pid, ...descendants(pid)]);
  await closed;
}

/** `kill -9` of a command alone. Gives the processes that it started: they may live on. */
export async function killAlone(command: ChildProcess): Promise<number[]> {
  const pid = pidOf(command);
  const orphans = descendants(pid);
  const ended = once(command, "exit");
  process.kill(pid, "SIGKILL");
  await ended;
  return orphans;
}

/** Ends processes, those that have ended already too. */
export function killAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It ended by itself meanwhile.
    }
  }
}

/** The processes below a command that host dynamic providers, and the launchers that stay between them and it. */
export function providerProcesses(command: ChildProcess): number[] {
  return descendants(pidOf(command)).filter((pid) =>
    /dynamic-provider|pulumi-resource-pulumi-nodejs/.test(commandLineOf(pid)),
  );
}

/** Whether a process is there and not only waits for being asked how it ended. */
export function isRunning(pid: number): boolean {
  return commandLineOf(pid) !== "";
}

function pidOf({ pid }: ChildProcess): number {
  if (pid === undefined) throw new Error("The command was never started.");
  return pid;
}

/** The command line of a process; empty where there is none any more. */
export function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}

/** Every process below one, as the kernel lists them. */
export function descendants(pid: number): number[] {
  const children = parents()
    .filter(({ parent }) => parent === pid)
    .map(({ child }) => child);
  return children.flatMap((child) => [child, ...descendants(child)]);
}

function parents(): { child: number; parent: number }[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, "utf8");
        const [, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        return [{ child: Number(name), parent: Number(parent) }];
      } catch {
        return [];
      }
    });
}
