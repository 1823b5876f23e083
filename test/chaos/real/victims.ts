import { readdirSync, readFileSync } from "node:fs";
import type { Victim } from "../stack";

/** One process as the kernel lists it. */
interface Listed {
  readonly id: number;
  readonly parent: number;
  readonly commandLine: string;
}

/** The processes of a command of the CLI that belong to a victim; the CLI itself has the id `root`. */
export function processesOf(root: number, victim: Victim): number[] {
  const all = listed();
  const family = [root, ...descendants(root, all)];
  if (victim === "all") return family;
  if (victim === "command") return [root];
  const pattern = victim === "provider" ? /cmd[\\/]dynamic-provider/ : /cmd[\\/]run\b/;
  return all.filter(({ id, commandLine }) => family.includes(id) && pattern.test(commandLine)).map(({ id }) => id);
}

function descendants(root: number, all: readonly Listed[]): number[] {
  const children = all.filter(({ parent }) => parent === root).map(({ id }) => id);
  return children.flatMap((child) => [child, ...descendants(child, all)]);
}

function listed(): Listed[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, "utf8");
        const [, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        const commandLine = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ");
        return [{ id: Number(name), parent: Number(parent), commandLine }];
      } catch {
        // It ended meanwhile.
        return [];
      }
    });
}

export function kill(ids: readonly number[]): void {
  for (const id of ids) {
    try {
      process.kill(id, "SIGKILL");
    } catch {
      // It ended by itself meanwhile.
    }
  }
}
