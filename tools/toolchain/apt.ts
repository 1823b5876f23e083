import { existsSync } from "node:fs";
import { PartUnavailable } from "./failure";
import { attempt, findOnPath, run } from "./run";
import type { Step } from "./steps";

let queue: Promise<unknown> = Promise.resolve();

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** Whether this process may install Debian packages. */
export function canInstallPackages(): boolean {
  return isRoot() && findOnPath("apt-get") !== undefined;
}

/**
 * Installs the missing ones of these Debian packages, and says so first. Installs in turn within this process, and
 * waits for other users of apt.
 * @param purpose what they are for, as in "to run containers"
 */
export async function installPackages(packages: readonly string[], purpose: string, step: Step): Promise<void> {
  const turn = queue.then(() => installMissing(packages, purpose, step));
  queue = turn.catch(() => undefined);
  return turn;
}

async function installMissing(packages: readonly string[], purpose: string, step: Step): Promise<void> {
  const missing = await missingPackages(packages);
  if (missing.length === 0) return;
  if (!canInstallPackages()) {
    throw new PartUnavailable(
      `The Debian packages ${missing.join(", ")} are missing (${purpose}).`,
      isRoot()
        ? "This system has no apt-get: install what they contain with its own package manager, then run this again."
        : `As root, run: apt-get install ${missing.join(" ")}`,
    );
  }
  step.say(`Installing on this machine with apt-get, ${purpose}: ${missing.join(" ")}`);
  const environment = { DEBIAN_FRONTEND: "noninteractive" };
  const options = { environment, log: step.log };
  const args = ["-y", "-o", "DPkg::Lock::Timeout=300", "install", "--no-install-recommends", ...missing];
  if ((await attempt("apt-get", args, options)).code === 0) return;
  await run("apt-get", ["-y", "update"], options);
  await run("apt-get", args, options);
}

/** The packages that dpkg does not have; all of them without dpkg. */
async function missingPackages(packages: readonly string[]): Promise<string[]> {
  if (!existsSync("/var/lib/dpkg/status")) return [...packages];
  const { stdout } = await attempt("dpkg-query", ["-W", "-f", "${Package} ${db:Status-Status}\n", ...packages]);
  const installed = new Set(
    stdout
      .split("\n")
      .filter((line) => line.endsWith(" installed"))
      .map((line) => line.split(" ")[0]),
  );
  return packages.filter((name) => !installed.has(name));
}
