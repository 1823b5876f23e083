import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "./package-root";

/** The pinned versions of all parts. `bootstrap.mjs` reads them too. */
export interface Versions {
  readonly node: string;
  readonly nodeMinimum: string;
  readonly pulumi: string;
  /** Of the Node.js language host built from the Go registry. The official download has the CLI's version. */
  readonly languageHost: string;
  readonly dockerPlugin: string;
  readonly opensearch: string;
  readonly ollama: string;
  /** Of the official image. A local one has the version of Debian. */
  readonly haproxy: string;
  readonly model: {
    readonly name: string;
    /** The Python package with the weights, its version, and the weights' path in the wheel. */
    readonly package: string;
    readonly version: string;
    readonly file: string;
    readonly sha256: string;
  };
  readonly embeddingModel: {
    readonly name: string;
    /** The same for the embedding model: the weights' folder in the wheel, and the hash of the wheel. */
    readonly package: string;
    readonly version: string;
    readonly folder: string;
    readonly sha256: string;
  };
}

export const versions: Versions = JSON.parse(
  readFileSync(join(packageRoot, "tools", "toolchain", "versions.json"), "utf8"),
);

/** The first `x.y.z` in a program's version line, such as `v3.276.0` or `ollama version is 0.17.4`. */
export function parseVersion(text: string): string | undefined {
  return /(?<![\d.])\d+\.\d+\.\d+(?!\.?\d)/.exec(text)?.[0];
}

/** Whether `version` (x.y.z) is `minimum` or later. */
export function isAtLeast(version: string, minimum: string): boolean {
  const found = version.split(".").map(Number);
  const wanted = minimum.split(".").map(Number);
  for (const [index, part] of wanted.entries()) {
    const other = found[index] ?? 0;
    if (other !== part) return other > part;
  }
  return true;
}
