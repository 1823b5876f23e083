import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";

/** `kill -9` of a command and of everything it started: nobody gets to say goodbye. */
export async function killWithChildren(command: ChildProcess): Promise<void> {
  const { pid } = command;
  if (pid === undefined) throw new Error("The command was never started.");
  const closed = once(command, "close");
  for (const each of [pid, ...descendants(pid)]) {
    try {
      process.kill(each, "SIGKILL");
    } catch {
      // It ended by itself meanwhile.
    }
  }
  await closed;
}

function descendants(pid: number): number[] {
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
