import { existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { place, withWorkFolder } from "./cache";
import { sha256OfFile } from "./download";
import { PartUnavailable, pinnedVersionGone, ToolchainError } from "./failure";
import type { Context } from "./part";
import { attempt, findOnPath } from "./run";
import type { Step } from "./steps";
import { tail } from "./text";

/** The pinned goal that fetches one artifact. It needs no project. */
const getGoal = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:get";
const progressSeconds = 5;

/** A zip archive in Maven's registry. */
export interface MavenArchive {
  readonly group: string;
  readonly name: string;
  readonly version: string;
  readonly megabytes: number;
  readonly sha256: string;
}

/**
 * The archives as files in the cache, named by their checksums. Fetches missing ones through a temporary Maven
 * repository in the cache, so that Maven keeps no copy.
 */
export async function mavenArchives(
  archives: readonly MavenArchive[],
  recipe: string,
  context: Context,
  step: Step,
): Promise<string[]> {
  const missing = [];
  for (const archive of archives) if (!(await isWhole(archive, context))) missing.push(archive);
  if (missing.length > 0) await fetchAll(missing, recipe, context, step);
  return archives.map((archive) => fileOf(archive, context));
}

const titleOf = ({ name, version }: MavenArchive): string => `${name} ${version}`;

function fileOf({ name, version, sha256 }: MavenArchive, context: Context): string {
  return context.cache.path("archives", `${name}-${version}-${sha256.slice(0, 16)}.zip`);
}

/** Removes a damaged archive, so that the next run fetches it again. */
async function isWhole(archive: MavenArchive, context: Context): Promise<boolean> {
  const file = fileOf(archive, context);
  if (!existsSync(file)) return false;
  if ((await sha256OfFile(file)) === archive.sha256) return true;
  rmSync(file);
  return false;
}

async function fetchAll(
  archives: readonly MavenArchive[],
  recipe: string,
  context: Context,
  step: Step,
): Promise<void> {
  if (!findOnPath("mvn")) {
    throw new PartUnavailable(
      "Maven is not installed, and it is needed to fetch OpenSearch.",
      "Install it (Debian: apt-get install maven), then run this again.",
    );
  }
  const total = archives.reduce((sum, { megabytes }) => sum + megabytes, 0);
  step.say(`${archives.length} archives from Maven's registry, ${total} MB`);
  await withWorkFolder(context.cache, async (work) => {
    for (const archive of archives) await fetchOne(archive, recipe, work, context, step);
  });
}

async function fetchOne(
  archive: MavenArchive,
  recipe: string,
  repository: string,
  context: Context,
  step: Step,
): Promise<void> {
  const { group, name, version, megabytes, sha256 } = archive;
  const folder = join(repository, ...group.split("."), name, version);
  const report = () => step.say(`${titleOf(archive)}: ${megabytesIn(folder)} of ${megabytes} MB`);
  const progress = setInterval(report, progressSeconds * 1000);
  const flags = ["--batch-mode", "--no-transfer-progress", `-Dmaven.repo.local=${repository}`, "-Dtransitive=false"];
  const args = [...flags, `-Dartifact=${group}:${name}:${version}:zip`, getGoal];
  const { code, stdout, stderr } = await attempt("mvn", args, { cwd: repository, log: step.log });
  clearInterval(progress);
  if (code !== 0) {
    const said = `${stdout}\n${stderr}`.split("\n").filter((line) => line.startsWith("[ERROR]"));
    throw pinnedVersionGone({
      part: name,
      version,
      change: `the version and sha256 of ${name} in ${recipe}`,
      said: said[0] ?? tail(stdout || stderr, 5),
    });
  }
  const fetched = join(folder, `${name}-${version}.zip`);
  const actual = await sha256OfFile(fetched);
  if (actual !== sha256) {
    throw new ToolchainError(
      `${titleOf(archive)} is not the archive this project was tested with: its sha256 is ${actual}. Not used.`,
      `Expected: ${sha256}, from ${recipe}. The download was damaged, or a mirror serves another file.`,
    );
  }
  await place(fileOf(archive, context), async (temporary) => renameSync(fetched, temporary));
}

/** The megabytes received so far. Maven uses another file ending until a file is complete. */
function megabytesIn(folder: string): number {
  if (!existsSync(folder)) return 0;
  const sizes = readdirSync(folder).map((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0);
  return Math.round(sizes.reduce((sum, size) => sum + size, 0) / 1e6);
}
