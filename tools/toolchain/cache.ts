import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { isAlive } from "./lock";

/**
 * The name of unfinished work contains its process id, so that leftovers of a killed process can be found and removed.
 */
const partialName = /^\.partial-(\d+)-/;
/** The cache may be shared between machines, where a process id means nothing. Anything this old is abandoned. */
const sweepAfterSeconds = 3600;

/** Holds everything fetched or built, one folder per part and version, outside the checkout. */
export interface Cache {
  readonly folder: string;
  /** A path inside the cache. */
  path(...names: string[]): string;
}

/** `PULUMI_OLLAMA_CHAT_CACHE`, else `pulumi-ollama-chat` in `XDG_CACHE_HOME`, else in `~/.cache`. */
export function cacheFolder(environment: NodeJS.ProcessEnv): string {
  if (environment.PULUMI_OLLAMA_CHAT_CACHE) return environment.PULUMI_OLLAMA_CHAT_CACHE;
  return join(environment.XDG_CACHE_HOME || join(homedir(), ".cache"), "pulumi-ollama-chat");
}

export function openCache(environment: NodeJS.ProcessEnv = process.env): Cache {
  const folder = cacheFolder(environment);
  return { folder, path: (...names) => join(folder, ...names) };
}

/**
 * Writes the file or folder `target` under a temporary name and moves it into place, so that an interrupted build
 * leaves nothing incomplete. If another process has created `target` meanwhile, that one stays.
 */
export async function place(target: string, produce: (temporary: string) => Promise<void>): Promise<void> {
  const folder = dirname(target);
  mkdirSync(folder, { recursive: true });
  sweep(folder);
  const temporary = join(folder, `.partial-${process.pid}-${randomBytes(4).toString("hex")}`);
  try {
    await produce(temporary);
    if (!existsSync(temporary)) throw new Error(`Nothing was produced for ${target}.`);
    if (!existsSync(target)) renameSync(temporary, target);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** Runs `action` with an empty folder in the cache, and removes the folder afterwards. */
export async function withWorkFolder<T>(cache: Cache, action: (folder: string) => Promise<T>): Promise<T> {
  mkdirSync(cache.folder, { recursive: true });
  sweep(cache.folder);
  const folder = mkdtempSync(cache.path(`.partial-${process.pid}-`));
  try {
    return await action(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Removes unfinished work of killed processes from a folder. */
export function sweep(folder: string): void {
  for (const name of readdirSync(folder)) {
    const owner = partialName.exec(name)?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    const path = join(folder, name);
    const made = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - made > sweepAfterSeconds * 1000) rmSync(path, { recursive: true, force: true });
  }
}
