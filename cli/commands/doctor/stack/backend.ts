import { readdir, readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";

const lockFile = z.object({
  pid: z.number(),
  username: z.string(),
  hostname: z.string(),
  timestamp: z.string(),
});

/** A stack's lock, written by the process that holds it. */
export type Lock = z.infer<typeof lockFile>;

/** A file of the backend that Pulumi cannot read. */
export interface Damaged {
  /** Path without `.json` or `.json.attrs`. */
  readonly stack: string;
  readonly part: "attributes" | "state";
}

/** The locks of a stack, given its full name. Ignores files that are no Pulumi locks. */
export async function locksOf(folder: string, name: string): Promise<Lock[]> {
  const locks = join(folder, ".pulumi", "locks", ...name.split("/"));
  const files = (await readdir(locks).catch(() => [])).filter((file) => file.endsWith(".json"));
  const texts = await Promise.all(files.map((file) => readFile(join(locks, file), "utf8").catch(() => "")));
  return texts.flatMap((text) => {
    const lock = lockFile.safeParse(parsed(text));
    return lock.success ? [lock.data] : [];
  });
}

/** Whether the process that took a lock still runs. `undefined` if it is on another machine. */
export function isHeld({ pid, hostname: machine }: Lock): boolean | undefined {
  if (machine !== hostname()) return undefined;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: the process exists, but belongs to another user.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Stacks whose state or attributes file is not valid JSON, as after an interrupted write. */
export async function damagedFiles(folder: string): Promise<Damaged[]> {
  const stacks = join(folder, ".pulumi", "stacks");
  const files = await readdir(stacks, { recursive: true }).catch(() => []);
  const looks = files.toSorted().map(async (file): Promise<Damaged[]> => {
    const [, name, attributes] = /^(.*(?<!\.json))\.json(\.attrs)?$/.exec(file) ?? [];
    if (name === undefined) return [];
    const text = await readFile(join(stacks, file), "utf8").catch(() => undefined);
    if (text === undefined || parsed(text) !== undefined) return [];
    return [{ stack: join(stacks, name), part: attributes === undefined ? "state" : "attributes" }];
  });
  return (await Promise.all(looks)).flat();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
