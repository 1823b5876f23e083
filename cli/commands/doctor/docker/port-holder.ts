import { execFile } from "node:child_process";
import { readdir, readFile, readlink } from "node:fs/promises";

/** The program that listens on a local TCP port, such as `ollama (process 812)`. `undefined` if unknown. */
export async function portHolder(port: number): Promise<string | undefined> {
  const pid = (await holderInProc(port)) ?? (await holderByLsof(port));
  if (pid === undefined) return undefined;
  return `${await nameOf(pid)} (process ${pid})`;
}

const LISTENING = "0A";

/** Linux: finds the socket's inode in /proc/net, then the process that has it open. Other users' processes need root. */
async function holderInProc(port: number): Promise<string | undefined> {
  const hexPort = port.toString(16).toUpperCase().padStart(4, "0");
  const tables = await Promise.all(["tcp", "tcp6"].map((file) => text(`/proc/net/${file}`)));
  const inodes = tables
    .flatMap((table) => table.split("\n").map((line) => line.trim().split(/\s+/)))
    .filter((cells) => cells[1]?.endsWith(`:${hexPort}`) && cells[3] === LISTENING)
    .map((cells) => `socket:[${cells[9]}]`);
  if (inodes.length === 0) return undefined;
  const pids = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    const files = await readdir(`/proc/${pid}/fd`).catch(() => []);
    const links = await Promise.all(files.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => "")));
    if (links.some((link) => inodes.includes(link))) return pid;
  }
  return undefined;
}

function holderByLsof(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile("lsof", ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fp"], (error, stdout) => {
      resolve(error === null ? /^p(\d+)$/m.exec(stdout)?.[1] : undefined);
    });
  });
}

async function nameOf(pid: string): Promise<string> {
  const name = (await text(`/proc/${pid}/comm`)).trim();
  if (name !== "") return name;
  return await new Promise((resolve) => {
    execFile("ps", ["-o", "comm=", "-p", pid], (error, stdout) =>
      resolve(error === null ? stdout.trim() : "a program"),
    );
  });
}

async function text(path: string): Promise<string> {
  return await readFile(path, "utf8").catch(() => "");
}
