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
import { PartUnavailable, ToolchainError } from "../failure";
import { recipeFolder } from "../go";
import type { Context, Part } from "../part";
import { findOnPath, run } from "../run";
import { sizeOf } from "../size";
import { versions } from "../versions";

/** Counts up when the layout below changes. */
const revision = 2;

/** Modules whose archives the registry serves as plain jars: their descriptors are written here. */
const modules = [
  {
    name: "reindex",
    class: "org.opensearch.index.reindex.ReindexModulePlugin",
    description: "reindex, update by query and delete by query",
    policy: 'grant { permission java.net.SocketPermission "*", "connect"; };\n',
  },
  {
    name: "lang-mustache",
    class: "org.opensearch.script.mustache.MustacheModulePlugin",
    description: "search templates",
  },
];

/** A real OpenSearch with the security plugin, laid out from Maven artifacts; without ML Commons, which no registry has. */
export const opensearchHome: Part = {
  name: "opensearch-home",
  title: `OpenSearch ${versions.opensearch} with security`,

  async find(context) {
    const location = folder(context);
    if (!existsSync(join(location, "bin", "opensearch"))) return undefined;
    return { version: versions.opensearch, location, sizeBytes: sizeOf(location) };
  },

  async build(context, step) {
    if (!findOnPath("mvn")) {
      throw new PartUnavailable(
        "Maven is not installed, and it is needed to fetch OpenSearch.",
        "Install it (Debian: apt-get install maven), then run this again.",
      );
    }
    await withWorkFolder(context.cache, async (work) => {
      cpSync(join(recipeFolder("opensearch"), "pom.xml"), join(work, "pom.xml"));
      step.say("mvn generate-resources (Maven keeps its downloads in its own repository)");
      const flags = ["--batch-mode", "--no-transfer-progress", "--strict-checksums"];
      await run("mvn", [...flags, `-Dwork=${work}`, `-Dopensearch=${versions.opensearch}`, "generate-resources"], {
        cwd: work,
        log: step.log,
      });
      layOut(work);
      await place(folder(context), async (temporary) => renameSync(join(work, "home"), temporary));
    });
  },
};

const folder = (context: Context): string => context.cache.path("opensearch", `${versions.opensearch}-${revision}`);

/** Makes `<work>/home` from what Maven brought. */
function layOut(work: string): void {
  const [server] = readdirSync(join(work, "unpacked"));
  if (!server) throw new ToolchainError("Maven brought no OpenSearch server archive.");
  const home = join(work, "home");
  renameSync(join(work, "unpacked", server), home);
  // 50 MB: a second copy of lib, for a standard that isn't used here.
  rmSync(join(home, "lib", "tools", "fips-demo-installer-cli"), { recursive: true, force: true });
  for (const module of modules) {
    const target = join(home, "modules", module.name);
    renameSync(join(work, "modules", module.name), target);
    writeFileSync(join(target, "plugin-descriptor.properties"), descriptor(module));
    if (module.policy) writeFileSync(join(target, "plugin-security.policy"), module.policy);
  }
  for (const plugin of ["opensearch-job-scheduler", "opensearch-security"]) {
    renameSync(join(work, "plugins", plugin), join(home, "plugins", plugin));
  }
  repairSecurityPlugin(join(home, "plugins", "opensearch-security"), join(work, "security-extra"));
  // The official archive ships the security plugin's initial configuration there.
  cpSync(join(home, "plugins", "opensearch-security", "config"), join(home, "config", "opensearch-security"), {
    recursive: true,
  });
  for (const program of readdirSync(join(home, "bin"))) chmodSync(join(home, "bin", program), 0o755);
  mkdirSync(join(home, "data"), { recursive: true });
  mkdirSync(join(home, "logs"), { recursive: true });
}

function descriptor(module: (typeof modules)[number]): string {
  return [
    `description=${module.description}`,
    `version=${versions.opensearch}`,
    `name=${module.name}`,
    `classname=${module.class}`,
    "java.version=21",
    `opensearch.version=${versions.opensearch}`,
    "custom.foldername=",
    "extended.plugins=",
    "has.native.controller=false",
    "",
  ].join("\n");
}

/** Security 3.4.0.0 names two plugins that no registry has; one of them would have brought commons-collections4. */
function repairSecurityPlugin(plugin: string, extra: string): void {
  const file = join(plugin, "plugin-descriptor.properties");
  const text = readFileSync(file, "utf8").replace(/^extended\.plugins=.*$/m, "extended.plugins=");
  writeFileSync(file, text);
  for (const jar of readdirSync(extra)) cpSync(join(extra, jar), join(plugin, jar));
  for (const tool of readdirSync(join(plugin, "tools"))) chmodSync(join(plugin, "tools", tool), 0o755);
}
