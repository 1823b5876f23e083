import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const heartbeatSeconds = 5;
/** A holder without a heartbeat for this long counts as dead, on any machine. */
const staleSeconds = 60;

/**
 * Runs `action` while holding the lock `file`, so that two runs of the toolchain wait for each other. Takes over the
 * lock of a dead holder: at once on the same machine, after a minute if another machine shares the cache.
 */
export async function withLock<T>(
  file: string,
  onWait: (holder: string) => void,
  action: () => Promise<T>,
): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  const self = `${process.pid} on ${hostname()}`;
  let told = false;
  while (!take(file, self)) {
    const holder = readHolder(file);
    if (holder === undefined) continue;
    if (isDead(file, holder)) {
      breakLock(file, holder);
      continue;
    }
    if (!told) onWait(holder);
    told = true;
    await sleep(250);
  }
  const heartbeat = setInterval(() => touch(file), heartbeatSeconds * 1000);
  try {
    return await action();
  } finally {
    clearInterval(heartbeat);
    rmSync(file, { force: true });
  }
}

function take(file: string, self: string): boolean {
  try {
    writeFileSync(file, self, { flag: "wx" });
    return true;
  } catch (error) {
    if (isCode(error, "EEXIST")) return false;
    throw error;
  }
}

function readHolder(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (isCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

function isDead(file: string, holder: string): boolean {
  const age = (Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())) / 1000;
  if (age > staleSeconds) return true;
  const [processId, , host] = holder.split(" ");
  return host === hostname() && !isAlive(Number(processId));
}

/** Renames the dead lock first, so that only one of two processes that find it dead removes it. */
function breakLock(file: string, holder: string): void {
  const away = `${file}.${process.pid}`;
  try {
    if (readHolder(file) !== holder) return;
    renameSync(file, away);
  } catch (error) {
    if (!isCode(error, "ENOENT")) throw error;
  }
  rmSync(away, { force: true });
}

/** Whether this machine has a process with that id. */
export function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return isCode(error, "EPERM");
  }
}

function touch(file: string): void {
  try {
    utimesSync(file, new Date(), new Date());
  } catch (error) {
    if (!isCode(error, "ENOENT")) throw error;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
