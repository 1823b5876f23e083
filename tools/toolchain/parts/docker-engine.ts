import { spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { canInstallPackages, installPackages, isRoot } from "../apt";
import { dockerStatus } from "../docker";
import { PartUnavailable, ToolchainError } from "../failure";
import type { Context, Part } from "../part";
import { findOnPath, run } from "../run";
import type { Step } from "../steps";
import { tail } from "../text";

const startSeconds = 60;

/** A Docker daemon that answers. */
export const dockerEngine: Part = {
  name: "docker-engine",
  title: "Docker engine",

  async find() {
    const { version } = await dockerStatus();
    return version === undefined ? undefined : { version, location: process.env.DOCKER_HOST ?? "the default socket" };
  },

  async build(context, step) {
    const { problem } = await dockerStatus();
    if (process.env.DOCKER_HOST) {
      throw new PartUnavailable(
        `The Docker daemon at DOCKER_HOST=${process.env.DOCKER_HOST} can't be used: ${problem}.`,
        "Start it, or unset DOCKER_HOST to use this machine's own.",
      );
    }
    if (!isRoot() || (!findOnPath("dockerd") && !canInstallPackages())) {
      throw new PartUnavailable(
        `Docker can't be used here: ${problem}.`,
        "Install Docker Engine (https://docs.docker.com/engine/install/), start it, and add yourself to the group docker.",
      );
    }
    if (!findOnPath("dockerd")) await installPackages(["docker.io", "iptables"], "to run containers", step);
    if ((await dockerStatus()).version) return;
    await startDaemon(context, step);
  },
};

async function startDaemon(context: Context, step: Step): Promise<void> {
  if (existsSync("/run/systemd/system")) {
    step.say("Starting the Docker service (systemctl start docker)");
    await run("systemctl", ["start", "docker"], { log: step.log });
    return waitUntilReady(() => "see: journalctl -u docker");
  }
  const logFile = context.cache.path("logs", "dockerd.log");
  mkdirSync(dirname(logFile), { recursive: true });
  step.say(`Starting dockerd in the background, as this system has no service manager; its log: ${logFile}`);
  const log = openSync(logFile, "a");
  const daemon = spawn("dockerd", [], { detached: true, stdio: ["ignore", log, log] });
  daemon.unref();
  await waitUntilReady(() => tail(readFileSync(logFile, "utf8"), 10));
}

async function waitUntilReady(explain: () => string): Promise<void> {
  const deadline = performance.now() + startSeconds * 1000;
  for (let delay = 50; performance.now() < deadline; delay = Math.min(delay * 2, 1000)) {
    if ((await dockerStatus()).version) return;
    await sleep(delay);
  }
  throw new ToolchainError(`dockerd was started, but doesn't answer after ${startSeconds} s.`, explain());
}
