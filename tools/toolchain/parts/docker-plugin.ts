import { join } from "node:path";
import { withWorkFolder } from "../cache";
import { download } from "../download";
import { pulumiHome } from "../environment";
import { PartUnavailable } from "../failure";
import { type GoPart, goBuild, requireGo } from "../go";
import { type Context, locate, type Part } from "../part";
import { isExecutable, run } from "../run";
import { sizeOf } from "../size";
import type { Step } from "../steps";
import { versions } from "../versions";
import { pulumiCli } from "./pulumi-cli";

const executable = "pulumi-resource-docker";
const source: GoPart = { part: "Pulumi's Docker plugin", pin: "dockerPlugin", recipe: "docker-plugin" };
const architectures: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

/** Pulumi's Docker provider plugin, in the toolchain's own PULUMI_HOME. */
export const dockerPlugin: Part = {
  name: "docker-plugin",
  title: `Pulumi Docker plugin ${versions.dockerPlugin}`,

  async find(context) {
    const location = context.cache.path("pulumi-home", "plugins", `resource-docker-v${versions.dockerPlugin}`);
    if (!isExecutable(join(location, executable))) return undefined;
    return { version: versions.dockerPlugin, location, sizeBytes: sizeOf(location) };
  },

  async download(context, step) {
    const platform = `${process.platform}-${architectures[process.arch] ?? process.arch}`;
    const url = `https://get.pulumi.com/releases/plugins/${executable}-v${versions.dockerPlugin}-${platform}.tar.gz`;
    return withWorkFolder(context.cache, async (work) => {
      const archive = join(work, "plugin.tar.gz");
      if (!(await download(url, archive, step))) return false;
      await install(archive, context, step);
      return true;
    });
  },

  async build(context, step) {
    requireGo("Pulumi's Docker plugin");
    await withWorkFolder(context.cache, async (work) => {
      await goBuild({ ...source, package: ".", output: join(work, executable) }, step);
      const archive = join(work, "plugin.tar.gz");
      await run("tar", ["-czf", archive, "-C", work, executable], { log: step.log });
      await install(archive, context, step);
    });
  },
};

/** The CLI installs it from an archive, so the engine treats it like a downloaded one. */
async function install(archive: string, context: Context, step: Step): Promise<void> {
  const cli = await locate(pulumiCli, context);
  if (!cli) throw new PartUnavailable("The Docker plugin can't be installed without the Pulumi CLI.");
  const args = ["plugin", "install", "resource", "docker", versions.dockerPlugin, "--file", archive, "--reinstall"];
  const environment = { PULUMI_HOME: pulumiHome(context.cache), PULUMI_SKIP_UPDATE_CHECK: "true" };
  await run(join(cli.location, "pulumi"), args, { environment, log: step.log });
}
