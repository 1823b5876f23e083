import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installPackages, isRoot } from "../apt";
import { inspectImage, runDocker } from "../docker";
import { PartUnavailable, ToolchainError } from "../failure";
import type { Part } from "../part";
import { run } from "../run";

/** What the images need besides the minimal system: Ollama's libraries, certificates, and curl for health checks. */
const packages = ["ca-certificates", "curl", "libgomp1", "libstdc++6"];

const release = osRelease();
const codename = release.VERSION_CODENAME ?? "unknown";

/** The minimal system for the local images: this machine's own release, so that programs built here run there. */
export const baseImageName = `pulumi-ollama-chat/base:${codename}-1`;

export const baseImage: Part = {
  name: "base-image",
  title: `Base image ${baseImageName}`,

  async find() {
    const image = await inspectImage(baseImageName);
    return image && { version: codename, location: baseImageName, sizeBytes: image.sizeBytes };
  },

  async build(_context, step) {
    if (!isRoot()) {
      throw new PartUnavailable(
        "The images can't be made without root: debootstrap needs it.",
        "Run this as root, or give Docker access to the official images.",
      );
    }
    const mirror = packageMirror(readAptSources(), codename);
    if (!mirror) throw new PartUnavailable(`No package source for "${codename}" was found below /etc/apt.`);
    await installPackages(["debootstrap"], "to make the base image", step);
    // Not in the cache: its file system may not allow device files.
    const work = mkdtempSync(join(tmpdir(), "pulumi-ollama-chat-base-"));
    try {
      const include = `--include=${packages.join(",")}`;
      await run("debootstrap", ["--variant=minbase", include, codename, work, mirror], { log: step.log });
      rmSync(join(work, "var", "cache", "apt"), { recursive: true, force: true });
      rmSync(join(work, "var", "lib", "apt", "lists"), { recursive: true, force: true });
      const archive = `${work}.tar`;
      try {
        await run("tar", ["-C", work, "--numeric-owner", "-cf", archive, "."], { log: step.log });
        await runDocker(["import", archive, baseImageName], { log: step.log });
      } finally {
        rmSync(archive, { force: true });
      }
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
    if (!(await inspectImage(baseImageName))) throw new ToolchainError(`${baseImageName} was not imported.`);
  },
};

/**
 * The address of the first binary package source with the release. Reads both formats of apt's configuration: lines
 * (`deb http://… suite …`) and blocks with `URIs:` and `Suites:`. Ignores comments.
 */
export function packageMirror(sources: string, suite: string): string | undefined {
  const lines = sources
    .split("\n")
    .filter((line) => !line.trim().startsWith("#"))
    .join("\n");
  const oneLine = lines
    .split("\n")
    .map((line) => /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)/.exec(line))
    .find((match) => match?.[2] === suite);
  if (oneLine) return oneLine[1];
  for (const block of lines.split(/\n\s*\n/)) {
    const field = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, "im").exec(block)?.[1]?.trim().split(/\s+/) ?? [];
    if (field("Types").includes("deb") && field("Suites").includes(suite)) return field("URIs")[0];
  }
  return undefined;
}

function readAptSources(): string {
  const folder = "/etc/apt/sources.list.d";
  const files = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  return ["/etc/apt/sources.list", ...files]
    .filter((file) => /\.(list|sources)$/.test(file) && existsSync(file))
    .map((file) => readFileSync(file, "utf8"))
    .join("\n\n");
}

function osRelease(): Readonly<Record<string, string>> {
  if (!existsSync("/etc/os-release")) return {};
  const pairs = readFileSync("/etc/os-release", "utf8").matchAll(/^(\w+)="?(.*?)"?$/gm);
  return Object.fromEntries([...pairs].map(([, name, value]) => [name, value]));
}
