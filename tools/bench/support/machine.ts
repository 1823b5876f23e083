import { readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { packageRoot } from "../../toolchain/package-root";
import { attempt } from "../../toolchain/run";
import type { Results } from "../results";

export function load(): number {
  return Number((loadavg()[0] ?? 0).toFixed(2));
}

export function machine(): Results["machine"] {
  const processors = cpus();
  const model = processors[0]?.model.trim() || "unknown";
  return {
    processor: model,
    cores: processors.length,
    memoryBytes: totalmem(),
    system: `${process.platform} ${process.arch}, kernel ${release()}`,
  };
}

/** Versions of everything that takes part. A part that is not there is left out. */
export async function versions(): Promise<Record<string, string>> {
  const sdk = z.object({ version: z.string() });
  const versionOf = (name: string) => sdk.parse(readJson("node_modules", name, "package.json")).version;
  const cli = await attempt("pulumi", ["version"]);
  const docker = await attempt("docker", ["version", "--format", "{{.Server.Version}}"]);
  return {
    "pulumi-ollama-chat": sdk.parse(readJson("package.json")).version,
    "Node.js": process.versions.node,
    "@pulumi/pulumi": versionOf("@pulumi/pulumi"),
    ...(cli.code === 0 ? { "Pulumi CLI": cli.stdout.trim().replace(/^v/, "") } : {}),
    ...(docker.code === 0 ? { Docker: docker.stdout.trim() } : {}),
  };
}

function readJson(...path: string[]): unknown {
  return JSON.parse(readFileSync(join(packageRoot, ...path), "utf8"));
}
