import { readFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { packageRoot } from "../toolchain/package-root";
import { versions as pinned } from "../toolchain/versions";

/** Load average of the last minute. */
export function load(): number {
  return Number((loadavg()[0] ?? 0).toFixed(1));
}

/** Such as `AMD EPYC, 2 cores, 24 GiB, linux x64`. */
export function machine(): string {
  const processors = cpus();
  const gibibytes = Math.round(totalmem() / 1024 ** 3);
  const processor = processors[0]?.model.trim() || "unknown processor";
  return `${processor}, ${processors.length} cores, ${gibibytes} GiB, ${process.platform} ${process.arch}`;
}

/** Versions of everything that takes part. */
export function versions(): Record<string, string> {
  const versionOf = (...path: string[]) => {
    const file = join(packageRoot, ...path, "package.json");
    return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(file, "utf8"))).version;
  };
  return {
    "pulumi-ollama-chat": versionOf(),
    "Node.js": process.versions.node,
    "@pulumi/pulumi": versionOf("node_modules", "@pulumi", "pulumi"),
    "Pulumi CLI": pinned.pulumi,
    OpenSearch: pinned.opensearch,
    Ollama: pinned.ollama,
  };
}
