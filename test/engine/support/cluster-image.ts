import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toolchain } from "./toolchain";

/** Open files that OpenSearch insists on before it forms a cluster of several nodes. */
const NEEDED = 65_535;

/** What OpenSearch asks the system for its limit with. */
const SHIM = `#define _GNU_SOURCE
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
int getrlimit(__rlimit_resource_t resource, struct rlimit *limit) {
  int result = syscall(SYS_prlimit64, 0, resource, 0, limit);
  if (result == 0 && resource == RLIMIT_NOFILE && limit->rlim_cur < 65536) limit->rlim_cur = limit->rlim_max = 65536;
  return result;
}
int getrlimit64(__rlimit_resource_t resource, struct rlimit64 *limit) {
  return getrlimit(resource, (struct rlimit *)limit);
}
`;

const docker = (...args: string[]) =>
  execFileSync("docker", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

/**
 * An image of OpenSearch that forms a cluster of several nodes here. A sandbox may allow no process as many open files as
 * OpenSearch insists on, though three small nodes need few. There, the image says that it does.
 */
export function clusterImage(): string {
  const image = toolchain?.images?.opensearch ?? "";
  const limit = docker("run", "--rm", "--entrypoint", "bash", image, "-c", "ulimit -Hn").trim();
  if (limit === "unlimited" || Number(limit) >= NEEDED) return image;
  const folder = mkdtempSync(join(tmpdir(), "cluster-image-"));
  try {
    writeFileSync(join(folder, "shim.c"), SHIM);
    execFileSync("gcc", ["-shared", "-fPIC", "-o", join(folder, "shim.so"), join(folder, "shim.c")]);
    const lines = [`FROM ${image}`, "COPY shim.so /usr/lib/open-files.so", "ENV LD_PRELOAD=/usr/lib/open-files.so"];
    writeFileSync(join(folder, "Dockerfile"), lines.join("\n"));
    docker("build", "--tag", "ollama-chat-test/opensearch:cluster", folder);
    return "ollama-chat-test/opensearch:cluster";
  } finally {
    rmSync(folder, { recursive: true });
  }
}
