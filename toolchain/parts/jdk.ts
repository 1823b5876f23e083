import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { attempt, findOnPath, isExecutable } from "../run";

/** OpenSearch 3 needs it; Debian 12's own default is 17. */
const oldestUsable = 21;
const installFolder = "/usr/lib/jvm";

/** A Java development kit that can run OpenSearch. */
export interface Jdk {
  readonly home: string;
  readonly version: string;
}

/** The newest usable one of JAVA_HOME, those below /usr/lib/jvm, and the one `java` on PATH belongs to. */
export async function findJdk(): Promise<Jdk | undefined> {
  const java = findOnPath("java");
  const installed = existsSync(installFolder)
    ? readdirSync(installFolder).map((name) => join(installFolder, name))
    : [];
  const homes = [process.env.JAVA_HOME, ...installed, java && dirname(dirname(realpathSync(java)))];
  const candidates = homes.filter(
    (home): home is string => Boolean(home) && isExecutable(join(home ?? "", "bin", "java")),
  );
  const kits = await Promise.all([...new Set(candidates.map((home) => realpathSync(home)))].map(readKit));
  return kits
    .filter((kit): kit is Jdk => kit !== undefined && featureVersion(kit.version) >= oldestUsable)
    .sort((a, b) => featureVersion(b.version) - featureVersion(a.version))[0];
}

/** `25` of `25.0.3`, `8` of `1.8.0_412`. */
export function featureVersion(version: string): number {
  const [first = "0", second = "0"] = version.split(/[._+-]/);
  return Number(first === "1" ? second : first);
}

/** The version in the output of `java -version`. */
export function parseJavaVersion(output: string): string | undefined {
  return /version "([^"]+)"/.exec(output)?.[1];
}

/** A JDK says its version in a file; asking its `java` takes a quarter of a second longer. */
async function readKit(home: string): Promise<Jdk | undefined> {
  const release = join(home, "release");
  const stated = existsSync(release) && /^JAVA_VERSION="([^"]+)"/m.exec(readFileSync(release, "utf8"))?.[1];
  if (stated) return { home, version: stated };
  const { stdout, stderr } = await attempt(join(home, "bin", "java"), ["-version"], { timeoutSeconds: 20 });
  const version = parseJavaVersion(`${stderr}\n${stdout}`);
  return version === undefined ? undefined : { home, version };
}
