import { ServerError, UnreachableError } from "../../../../clients/errors";
import { blockedIndices, clusterHealth, dataDisks } from "../../../../clients/opensearch/health";
import { diagnose } from "../../../../diagnosis/diagnose";
import { type Check, fail, nothing, type Outcome, ok, skip, warn } from "../check";
import { ADAPTED_SECURITY_LABEL } from "../docker/stack-containers";
import { lacksRight } from "../run-checks";
import type { Scene } from "../scene";
import { gigabytes } from "../sizes";

const GROUP = "OpenSearch";
const NO_OPENSEARCH = "no OpenSearch is named";

export const openSearchChecks: readonly Check[] = [
  {
    id: "opensearch-reachable",
    title: "OpenSearch answers",
    group: GROUP,
    needs: ["container-opensearch"],
    run: reachable,
  },
  { id: "opensearch-tls", title: "certificate", group: GROUP, needs: ["opensearch-reachable"], run: tls },
  {
    id: "opensearch-password",
    title: "user and password",
    group: GROUP,
    needs: ["opensearch-tls"],
    run: password,
    essential: true,
  },
  { id: "opensearch-version", title: "version", group: GROUP, needs: ["opensearch-password"], run: version },
  { id: "opensearch-plugins", title: "plugins", group: GROUP, needs: ["opensearch-password"], run: plugins },
  { id: "cluster-health", title: "cluster health", group: GROUP, needs: ["opensearch-password"], run: health },
  { id: "cluster-disk", title: "disk", group: GROUP, needs: ["opensearch-password"], run: disk },
  { id: "read-only-blocks", title: "read-only blocks", group: GROUP, needs: ["opensearch-password"], run: blocks },
  { id: "archived-settings", title: "archived settings", group: GROUP, needs: ["opensearch-password"], run: archived },
];

/** Three checks share this request. A failure that one of them reports means that the earlier ones passed. */
async function failure(scene: Scene): Promise<Error | undefined> {
  try {
    await scene.info();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

async function reachable(scene: Scene): Promise<Outcome> {
  const { opensearch } = scene.access;
  if (opensearch === undefined) return nothing(NO_OPENSEARCH);
  const error = await failure(scene);
  if (!(error instanceof UnreachableError) || isAboutCertificate(error)) return ok(opensearch.endpoint);
  return fail(diagnose(error)?.id ?? "unreachable", `${opensearch.endpoint}: ${error.reason}`);
}

async function tls(scene: Scene): Promise<Outcome> {
  const { endpoint = "", skipTlsVerify } = scene.access.opensearch ?? {};
  const error = await failure(scene);
  if (error !== undefined && isAboutCertificate(error))
    return fail("tls-not-trusted", `${endpoint}: ${reasonOf(error)}`);
  if (endpoint.startsWith("http:")) return skip("plain HTTP: nothing is encrypted");
  return skipTlsVerify === true
    ? skip("not checked: any certificate is accepted")
    : ok("signed by an authority that is trusted here");
}

async function password(scene: Scene): Promise<Outcome> {
  const { username } = scene.access.opensearch ?? {};
  const error = await failure(scene);
  if (error === undefined) return ok(username === undefined ? "none asked for" : `accepted for ${username}`);
  if (!(error instanceof ServerError)) throw error;
  // A refusal for lack of rights proves that the password is right. A user who may only ask the model is fine.
  if (lacksRight(error))
    return ok(`accepted for ${username ?? "nobody in particular"}, who may not look at the cluster itself`);
  const symptom = diagnose(error)?.id;
  if (symptom === undefined) throw error;
  const who = username === undefined ? "without a user" : `as ${username}`;
  return fail(symptom, `${error.status} ${who}: ${error.reason}`);
}

async function version(scene: Scene): Promise<Outcome> {
  return ok((await scene.info()).version);
}

/** OpenSearch's own plugins have the server's version plus a fourth number. Third-party plugins have their own. */
async function plugins(scene: Scene): Promise<Outcome> {
  const { version: release } = await scene.info();
  const adapted = await adaptedSecurity(scene);
  if (adapted !== undefined) return warn("security-adapted", adapted);
  const own = [...(await scene.plugins())].filter(([name]) => name.startsWith("opensearch-"));
  const [odd] = own.filter(([, versions]) => versions.some((one) => !one.startsWith(`${release}.`)));
  if (odd === undefined) return ok(`${own.length} of OpenSearch, all ${release}`);
  const [name, versions] = odd;
  return warn("plugins-mixed", `${name} is ${versions.join(" on one node, on another ")}; the server is ${release}`);
}

/** Only the image's label tells: the plugin itself must claim the server's version, or it would not be loaded. */
async function adaptedSecurity(scene: Scene): Promise<string | undefined> {
  const container = (await scene.container("opensearch"))?.container;
  const version = container?.Config.Labels?.[ADAPTED_SECURITY_LABEL];
  const { version: release } = await scene.info();
  if (version === undefined || version.startsWith(`${release}.`)) return undefined;
  return `opensearch-security is ${version}, adapted to ${release} in the toolchain's own image`;
}

async function health(scene: Scene): Promise<Outcome> {
  const { status, nodes, unassignedShards } = await clusterHealth(scene.opensearch);
  const seen = `${status}, ${nodes} ${nodes === 1 ? "node" : "nodes"}`;
  if (status === "red") return fail("cluster-red", `${seen}, ${unassignedShards} shards on no node`);
  return ok(status === "yellow" ? `${seen}; replicas have no second node to be on` : seen);
}

const WATERMARKS = "cluster.routing.allocation.disk.watermark.";
/** OpenSearch's defaults (`DiskThresholdSettings`). */
const DEFAULTS = { flood_stage: "95%", high: "90%", low: "85%" } as const;

async function disk(scene: Scene): Promise<Outcome> {
  const [disks, ...marks] = await Promise.all([
    dataDisks(scene.opensearch),
    ...Object.keys(DEFAULTS).map((name) => scene.setting(WATERMARKS + name)),
  ]);
  if (disks === undefined) return skip("this server does not report it");
  const watermarks = Object.entries(DEFAULTS).map(([name, byDefault], i) => ({
    name,
    limit: String(marks[i] ?? byDefault),
  }));
  const fullest = disks.toSorted((a, b) => a.freeBytes / a.totalBytes - b.freeBytes / b.totalBytes)[0];
  if (fullest === undefined) return skip("no node reports its disk");
  const used = Math.round(100 - (100 * fullest.freeBytes) / fullest.totalBytes);
  const seen = `${used} % used, ${gigabytes(fullest.freeBytes)} free`;
  const reached = watermarks.find(({ limit }) => isAbove(fullest, limit));
  if (reached === undefined || (await scene.setting("cluster.routing.allocation.disk.threshold_enabled")) === "false")
    return ok(seen);
  const above = `${seen}: above the ${reached.name.replace("_", " ")} watermark (${reached.limit})`;
  return reached.name === "flood_stage" ? fail("disk-full", above) : warn("disk-low", above);
}

const UNITS: Readonly<Record<string, number>> = { b: 1, kb: 2 ** 10, mb: 2 ** 20, gb: 2 ** 30, tb: 2 ** 40 };

/** A watermark is a share of used space (`85%`, `0.85`) or a size that has to stay free (`10gb`). */
function isAbove({ freeBytes, totalBytes }: { freeBytes: number; totalBytes: number }, limit: string): boolean {
  const [, number = "", unit = ""] = /^([\d.]+)\s*([a-z%]*)$/i.exec(limit) ?? [];
  if (number === "") return false;
  const used = 1 - freeBytes / totalBytes;
  if (unit === "%") return used > Number(number) / 100;
  return unit === "" ? used > Number(number) : freeBytes < Number(number) * (UNITS[unit.toLowerCase()] ?? 1);
}

async function blocks(scene: Scene): Promise<Outcome> {
  const indices = await blockedIndices(scene.opensearch);
  if (indices === undefined) return skip("this server does not report it");
  if (indices.length === 0) return ok("none");
  return fail("disk-full", `read-only-allow-delete on ${listed(indices)}`);
}

async function archived(scene: Scene): Promise<Outcome> {
  const { persistent, transient } = await scene.settings();
  const keys = [...Object.keys(persistent), ...Object.keys(transient)].filter((key) => key.startsWith("archived."));
  return keys.length === 0 ? ok("none") : fail("settings-archived", listed(keys));
}

const SHOWN = 3;

function listed(names: readonly string[]): string {
  const more = names.length - SHOWN;
  return more > 0 ? `${names.slice(0, SHOWN).join(", ")} and ${more} more` : names.join(", ");
}

function isAboutCertificate(error: Error): boolean {
  return error instanceof UnreachableError && diagnose(error)?.id === "tls-not-trusted";
}

function reasonOf(error: Error): string {
  return error instanceof UnreachableError ? error.reason : error.message;
}
