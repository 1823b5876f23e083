import { existsSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";

/** On Node.js 20, a program that throws keeps `pulumi up` busy for a minute before its message appears. */
const MINIMUM = [22, 12] as const;

/** Stops on a Node.js that is too old. */
export function requireNode(version: string): void {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1])) return;
  throw new pulumi.RunError(
    `Node.js ${version} is too old: this program needs ${MINIMUM.join(".")} or later. Install Node.js 24.`,
  );
}

interface Fingerprint {
  isBuilt(root: string): boolean;
}

/** Stops when the sources beside the compiled program are newer than it. An installed package has no sources. */
export function requireFreshBuild(root: string): void {
  const file = join(root, "tools", "toolchain", "fingerprint.mjs");
  if (!existsSync(file) || !existsSync(join(root, "index.ts"))) return;
  const { isBuilt } = require(file) as Fingerprint;
  if (isBuilt(root)) return;
  throw new pulumi.RunError("The sources changed since the program was compiled. Run: npm run build");
}
