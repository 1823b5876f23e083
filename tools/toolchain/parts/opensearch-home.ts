import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { place, withWorkFolder } from "../cache";
import { mavenArchives } from "../maven";
import type { Context, Part } from "../part";
import { run } from "../run";
import { sizeOf } from "../size";
import type { Step } from "../steps";
import { requireJdk } from "./jdk";
import { type OpenSearchRelease, opensearch36, opensearch219, releasesFile } from "./opensearch-releases";

const SECURITY = "opensearch-security";

/** A real OpenSearch with ML Commons, installed from archives of Maven's registry. */
export function opensearchHomeOf(release: OpenSearchRelease): Part {
  const { version } = release;
  return {
    name: `opensearch-home-${version}`,
    title: `OpenSearch ${version} with ${pluginTitles(release)}`,

    async find(context) {
      const location = folderOf(release, context);
      if (!existsSync(join(location, "bin", "opensearch"))) return undefined;
      return { version, location, sizeBytes: sizeOf(location) };
    },

    async build(context, step) {
      const archives = [release.server, ...Object.values(release.plugins)];
      const [server = "", ...plugins] = await mavenArchives(archives, releasesFile, context, step);
      await withWorkFolder(context.cache, async (work) => {
        await unpack(server, work, release, step);
        const home = join(work, `opensearch-${version}`);
        // 50 MB: a second copy of lib, for FIPS, which isn't used here.
        rmSync(join(home, "lib", "tools", "fips-demo-installer-cli"), { recursive: true, force: true });
        for (const [index, name] of Object.keys(release.plugins).entries()) {
          const target = join(home, "plugins", name);
          await unpack(plugins[index] ?? "", target, release, step);
          const needless = readdirSync(target).filter((file) => release.leaveOut.test(file));
          for (const file of needless) rmSync(join(target, file));
        }
        if (release.plugins[SECURITY]) adaptSecurity(home, version);
        for (const name of ["data", "logs"]) mkdirSync(join(home, name), { recursive: true });
        // Readable for all users, because the server refuses to run as root.
        await run("chmod", ["-R", "a+rX", home], { log: step.log });
        await place(folderOf(release, context), async (temporary) => renameSync(home, temporary));
      });
    },
  };
}

export const opensearchHome = opensearchHomeOf(opensearch36);
export const olderOpensearchHome = opensearchHomeOf(opensearch219);

function pluginTitles({ plugins }: OpenSearchRelease): string {
  return Object.values(plugins)
    .map(({ name, version }) => `${name.replace(/^opensearch-/, "")} ${version}`)
    .join(", ");
}

const folderOf = ({ version, layout }: OpenSearchRelease, context: Context): string =>
  context.cache.path("opensearch", `${version}-ml-${layout}`);

/** Uses the JDK's own tool, because OpenSearch needs a JDK anyway. It keeps no permissions. */
async function unpack(archive: string, folder: string, { java }: OpenSearchRelease, step: Step): Promise<void> {
  const jdk = await requireJdk(java);
  mkdirSync(folder, { recursive: true });
  await run(join(jdk.home, "bin", "jar"), ["--extract", "--file", archive], { cwd: folder, log: step.log });
  makeExecutable(join(folder, "bin"));
  makeExecutable(join(folder, "tools"));
  for (const name of readdirSync(folder)) makeExecutable(join(folder, name, "bin"));
}

function makeExecutable(folder: string): void {
  if (!existsSync(folder)) return;
  for (const file of readdirSync(folder)) chmodSync(join(folder, file), 0o755);
}

/**
 * Adapts the security plugin of an earlier release: sets the server's version in its descriptor, removes the
 * cryptography jars that the server now contains, and moves its initial configuration to its place in the official
 * archive.
 */
function adaptSecurity(home: string, version: string): void {
  const plugin = join(home, "plugins", SECURITY);
  const descriptor = join(plugin, "plugin-descriptor.properties");
  const text = readFileSync(descriptor, "utf8")
    .replace(/^version=.*$/m, `version=${version}.0`)
    .replace(/^opensearch\.version=.*$/m, `opensearch.version=${version}`);
  writeFileSync(descriptor, text);
  for (const jar of readdirSync(plugin)) {
    if (/^(bc|bcpkix|bcutil)-fips-.*\.jar$/.test(jar)) rmSync(join(plugin, jar));
  }
  cpSync(join(plugin, "config"), join(home, "config", SECURITY), { recursive: true });
}
