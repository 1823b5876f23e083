import { existsSync } from "node:fs";
import { join } from "node:path";
import { installPackages, isRoot } from "../apt";
import { place } from "../cache";
import { PartUnavailable } from "../failure";
import type { Context, Part } from "../part";
import { attempt, findOnPath, run } from "../run";
import { sizeOf } from "../size";

/** The server and the library that it lacks on a minimal system. They are unpacked, so no service is set up. */
const PACKAGES = ["openssh-server", "libwrap0"];
const COMMANDS = ["dockerd", "ip", "nsenter", "unshare", "ssh", "ssh-keygen"];

/**
 * What a test needs to run a second Docker behind ssh on a machine of its own, which is a network namespace: an ssh server
 * and the commands for namespaces. The location is the folder with the unpacked server.
 */
export const otherMachine: Part = {
  name: "other-machine",
  title: "Second Docker host for tests",

  async find(context) {
    const location = folder(context);
    if (!isRoot() || COMMANDS.some((name) => !findOnPath(name)) || !existsSync(sshServer(location))) return undefined;
    return { version: "sshd", location, sizeBytes: sizeOf(location) };
  },

  async build(context, step) {
    if (process.env.DOCKER_HOST) {
      throw new PartUnavailable("A second Docker can't be started here: Docker is that of DOCKER_HOST.");
    }
    if (!isRoot()) {
      throw new PartUnavailable(
        "A second Docker can't be started here: network namespaces need root.",
        "Run this as root.",
      );
    }
    await installPackages(["docker.io", "iproute2", "openssh-client", "util-linux"], "to run a second Docker", step);
    await place(folder(context), async (temporary) => {
      await run("mkdir", [temporary]);
      const download = () => attempt("apt-get", ["download", ...PACKAGES], { cwd: temporary, log: step.log });
      if ((await download()).code !== 0) {
        await run("apt-get", ["-y", "update"], { log: step.log });
        if ((await download()).code !== 0) {
          throw new PartUnavailable(`The Debian packages ${PACKAGES.join(", ")} can't be downloaded.`);
        }
      }
      await run("sh", ["-ec", 'for each in *.deb; do dpkg-deb -x "$each" . && rm "$each"; done'], { cwd: temporary });
    });
  },
};

const folder = ({ cache }: Context) => cache.path("other-machine", "1");

/** The ssh server in that folder. */
export function sshServer(location: string): string {
  return join(location, "usr", "sbin", "sshd");
}
