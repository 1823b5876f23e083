import { chmodSync, copyFileSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { place, withWorkFolder } from "../cache";
import { download, downloadText } from "../download";
import { goBuild, recipeFolder, requireGo } from "../go";
import type { Context, Found, Part } from "../part";
import { attempt, findOnPath, isExecutable, run } from "../run";
import { sizeOf } from "../size";
import type { Step } from "../steps";
import { isAtLeast, parseVersion, versions } from "../versions";

/** In one folder, so that the engine takes them for its own and does not warn. */
const programs = ["pulumi", "pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"] as const;

/** The Pulumi CLI with its engine, the Node.js language host and the launcher of Node.js providers. */
export const pulumiCli: Part = {
  name: "pulumi-cli",
  title: `Pulumi CLI ${versions.pulumi} and Node.js language host`,

  async find(context) {
    return findInCache(context) ?? (await findInstalled());
  },

  async download(context, step) {
    const platform = `${process.platform}-${process.arch}`;
    const archiveName = `pulumi-v${versions.pulumi}-${platform}.tar.gz`;
    const releases = "https://get.pulumi.com/releases/sdk";
    const checksums = await downloadText(`${releases}/pulumi-${versions.pulumi}-checksums.txt`, step);
    const hex = checksums && publishedChecksum(checksums, archiveName);
    if (!hex) return false;
    return withWorkFolder(context.cache, async (work) => {
      const archive = join(work, archiveName);
      if (!(await download(`${releases}/${archiveName}`, archive, step, { algorithm: "sha256", hex }))) return false;
      await place(folder(context), async (temporary) => {
        const unpacked = `${temporary}.unpacked`;
        mkdirSync(unpacked);
        await run("tar", ["-xzf", archive, "-C", unpacked], { log: step.log });
        renameSync(join(unpacked, "pulumi"), temporary);
        rmSync(unpacked, { recursive: true });
      });
      return true;
    });
  },

  async build(context, step) {
    requireGo("the Pulumi CLI");
    await place(folder(context), (temporary) => buildInto(temporary, step));
  },
};

/** The checksum of one file, from lines of `<hex>  <file>`. */
export function publishedChecksum(list: string, fileName: string): string | undefined {
  const line = list.split("\n").find((entry) => entry.trim().endsWith(`  ${fileName}`));
  return line?.trim().split(/\s+/)[0];
}

const folder = (context: Context): string => context.cache.path("pulumi", versions.pulumi);

function findInCache(context: Context): Found | undefined {
  const location = folder(context);
  if (!programs.every((name) => isExecutable(join(location, name)))) return undefined;
  return { version: versions.pulumi, location, sizeBytes: sizeOf(location) };
}

/** The user's own Pulumi counts if it is complete and not older than the tested version. */
async function findInstalled(): Promise<Found | undefined> {
  const pulumi = findOnPath("pulumi");
  if (!pulumi || !programs.every((name) => findOnPath(name))) return undefined;
  const { stdout } = await attempt(pulumi, ["version"], { timeoutSeconds: 30 });
  const version = parseVersion(stdout);
  if (!version || !isAtLeast(version, versions.pulumi)) return undefined;
  return { version, location: dirname(pulumi) };
}

async function buildInto(target: string, step: Step): Promise<void> {
  mkdirSync(target, { recursive: true });
  const versionVariable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";
  await goBuild(
    {
      part: "Pulumi's Node.js language host",
      pin: "languageHost",
      recipe: "language-nodejs",
      package: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
      link: { [versionVariable]: `v${versions.languageHost}` },
      output: join(target, "pulumi-language-nodejs"),
    },
    step,
  );
  await goBuild(
    {
      part: "Pulumi CLI",
      pin: "pulumi",
      recipe: "pulumi-cli",
      package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
      // The Automation API refuses a CLI without it.
      link: { [versionVariable]: `v${versions.pulumi}` },
      output: join(target, "pulumi"),
    },
    step,
  );
  const launcher = join(target, "pulumi-resource-pulumi-nodejs");
  copyFileSync(join(recipeFolder("pulumi-cli"), "pulumi-resource-pulumi-nodejs"), launcher);
  chmodSync(launcher, 0o755);
}
