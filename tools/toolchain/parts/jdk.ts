import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { PartUnavailable } from "../failure";
import { attempt, findOnPath, isExecutable } from "../run";

/** A range of Java versions, by feature number, such as 21. */
export interface JavaRange {
  readonly oldest: number;
  readonly newest?: number;
}

/** What OpenSearch 3 needs. Debian 12's default is 17. */
const forOpenSearch: JavaRange = { oldest: 21 };
const installFolder = "/usr/lib/jvm";

/** A Java development kit that can run OpenSearch. */
export interface Jdk {
  readonly home: string;
  readonly version: string;
}

/** The newest usable one of JAVA_HOME, those below /usr/lib/jvm, and the one `java` on PATH belongs to. */
export async function findJdk({ oldest, newest = Infinity }: JavaRange = forOpenSearch): Promise<Jdk | undefined> {
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
    .filter((kit): kit is Jdk => kit !== undefined)
    .map((kit) => ({ kit, feature: featureVersion(kit.version) }))
    .filter(({ feature }) => feature >= oldest && feature <= newest)
    .sort((a, b) => b.feature - a.feature)[0]?.kit;
}

/** Like `findJdk`, but fails with advice if there is none. */
export async function requireJdk(range: JavaRange = forOpenSearch): Promise<Jdk> {
  const jdk = await findJdk(range);
  if (jdk) return jdk;
  const { oldest, newest } = range;
  const wanted = newest === undefined ? `${oldest} or later` : `${oldest} to ${newest}`;
  throw new PartUnavailable(
    `No JDK of version ${wanted} was found (JAVA_HOME, /usr/lib/jvm, PATH), and OpenSearch needs one.`,
    "Install one, for example Eclipse Temurin, then run this again.",
  );
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

/** Reads the version from the JDK's file: running its `java` takes a quarter of a second longer. */
async function readKit(home: string): Promise<Jdk | undefined> {
  const release = join(home, "release");
  const stated = existsSync(release) && /^JAVA_VERSION="([^"]+)"/m.exec(readFileSync(release, "utf8"))?.[1];
  if (stated) return { home, version: stated };
  const { stdout, stderr } = await attempt(join(home, "bin", "java"), ["-version"], { timeoutSeconds: 20 });
  const version = parseJavaVersion(`${stderr}\n${stdout}`);
  return version === undefined ? undefined : { home, version };
}
