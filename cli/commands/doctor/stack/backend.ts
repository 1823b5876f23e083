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

/** The process that holds a stack, as it wrote of itself. */
export type Lock = z.infer<typeof lockFile>;

/** A file of the backend that Pulumi cannot read. */
export interface Damaged {
  /** Path without `.json` and what follows it. */
  readonly stack: string;
  readonly part: "attributes" | "state";
}

/** Who holds a stack, by its full name; what is no lock in Pulumi's form is left out. */
export async function locksOf(folder: string, name: string): Promise<Lock[]> {
  const locks = join(folder, ".pulumi", "locks", ...name.split("/"));
  const files = (await readdir(locks).catch(() => [])).filter((file) => file.endsWith(".json"));
  const texts = await Promise.all(files.map((file) => readFile(join(locks, file), "utf8").catch(() => "")));
  return texts.flatMap((text) => {
    const lock = lockFile.safeParse(parsed(text));
    return lock.success ? [lock.data] : [];
  });
}

/** Whether the process that took a lock runs; `undefined` where it is another machine's. */
export function isHeld({ pid, hostname: machine }: Lock): boolean | undefined {
  if (machine !== hostname()) return undefined;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Another user's process is there too.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** The stacks whose state, or whose attributes, are cut off. */
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
