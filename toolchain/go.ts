import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { PartUnavailable } from "./failure";
import { packageRoot } from "./package-root";
import { findOnPath, run } from "./run";
import type { Step } from "./steps";

export interface GoBuild {
  /** The folder below `toolchain/recipes` with the go.mod. */
  readonly recipe: string;
  /** The main package. */
  readonly package: string;
  /** Values set at link time, by variable. */
  readonly link?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly output: string;
}

export const recipeFolder = (name: string): string => join(packageRoot, "toolchain", "recipes", name);

/** Fails with advice where there is no Go. */
export function requireGo(purpose: string): void {
  if (findOnPath("go")) return;
  throw new PartUnavailable(
    `Go is not installed, and it is needed to build ${purpose}.`,
    "Install Go 1.24 or later (https://go.dev/dl, or the package golang), then run this again.",
  );
}

/**
 * Builds one program from the Go module registry: versions from the recipe's go.mod, contents checked against its
 * go.sum. Go's own caches are used, so a second build of the same takes seconds.
 */
export async function goBuild(build: GoBuild, step: Step): Promise<void> {
  step.say(
    `go build ${build.package === "." ? build.recipe : build.package} (Go keeps its downloads in its own caches)`,
  );
  const work = `${build.output}.recipe`;
  mkdirSync(work, { recursive: true });
  try {
    // A copy: Go may touch the module files, and the checkout is never written to.
    cpSync(recipeFolder(build.recipe), work, { recursive: true });
    const values = Object.entries(build.link ?? {}).map(([variable, value]) => `-X ${variable}=${value}`);
    const flags = ["-trimpath", "-mod=readonly", "-ldflags", ["-s", "-w", ...values].join(" ")];
    const environment = { GOFLAGS: "-buildvcs=false", GOWORK: "off", ...build.environment };
    await run("go", ["build", ...flags, "-o", build.output, build.package], { cwd: work, environment, log: step.log });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
