import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { PartUnavailable, type PinnedVersion } from "./failure";
import { packageRoot } from "./package-root";
import { findOnPath, run } from "./run";
import type { Step } from "./steps";
import { versions } from "./versions";

/** A program from the Go module registry. */
export interface GoPart {
  /** Shown to the user. */
  readonly part: string;
  /** Its key in versions.json. */
  readonly pin: "pulumi" | "languageHost" | "dockerPlugin" | "ollama";
  /** The folder below `tools/toolchain/recipes` with the go.mod. */
  readonly recipe: string;
}

export interface GoBuild extends GoPart {
  /** The main package. */
  readonly package: string;
  /** Values set at link time, by variable. */
  readonly link?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly output: string;
}

export const recipeFolder = (name: string): string => join(packageRoot, "tools", "toolchain", "recipes", name);

/** The part, for the message about a registry's refusal. */
export const pinnedInGo = ({ part, pin, recipe }: GoPart): PinnedVersion => ({
  part,
  version: versions[pin],
  change: `"${pin}" in tools/toolchain/versions.json, with the module files in tools/toolchain/recipes/${recipe}`,
});

/** Fails with advice if Go is not installed. */
export function requireGo(purpose: string): void {
  if (findOnPath("go")) return;
  throw new PartUnavailable(
    `Go is not installed, and it is needed to build ${purpose}.`,
    "Install Go 1.24 or later (https://go.dev/dl, or the package golang), then run this again.",
  );
}

/**
 * Builds one program from the Go module registry. Versions come from the recipe's go.mod, and its go.sum verifies the
 * contents. Uses Go's own caches, so that a second build takes seconds.
 */
export async function goBuild(build: GoBuild, step: Step): Promise<void> {
  step.say(
    `go build ${build.package === "." ? build.recipe : build.package} (Go keeps its downloads in its own caches)`,
  );
  const work = `${build.output}.recipe`;
  mkdirSync(work, { recursive: true });
  try {
    // A copy, because Go may change the module files, and the toolchain never writes to the checkout.
    cpSync(recipeFolder(build.recipe), work, { recursive: true });
    const values = Object.entries(build.link ?? {}).map(([variable, value]) => `-X ${variable}=${value}`);
    const flags = ["-trimpath", "-mod=readonly", "-ldflags", ["-s", "-w", ...values].join(" ")];
    const environment = { GOFLAGS: "-buildvcs=false", GOWORK: "off", ...build.environment };
    const options = { cwd: work, environment, log: step.log, fetches: pinnedInGo(build) };
    await run("go", ["build", ...flags, "-o", build.output, build.package], options);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
