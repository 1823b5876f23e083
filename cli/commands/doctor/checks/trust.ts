import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { mayBePrivate } from "../../../../components/addresses";
import { regexProblem } from "../../../../providers/cluster-setting/regex";
import { javaMatches } from "../../../../providers/connector/java-syntax";
import { type Check, fail, type Outcome, ok, skip } from "../check";
import type { Scene } from "../scene";

const GROUP = "ML Commons";
const PLUGIN = "opensearch-ml";
const KEY = "plugins.ml_commons.";
const TRUSTED = "trusted_connector_endpoints_regex";
const TRUSTED_PRIVATE = "trusted_connector_private_endpoints_regex";

export const pluginChecks: readonly Check[] = [
  { id: "ml-plugin", title: "plugin", group: GROUP, needs: ["opensearch-password"], run: plugin },
  { id: "remote-inference", title: "remote inference", group: GROUP, needs: ["ml-plugin"], run: remoteInference },
  { id: "trust-lists", title: "trust lists", group: GROUP, needs: ["ml-plugin"], run: listsValid },
];

export const trustChecks: readonly Check[] = [
  { id: "url-trusted", title: "URL is trusted", group: GROUP, needs: ["connector", "trust-lists"], run: urlTrusted },
  { id: "private-address", title: "private address", group: GROUP, needs: ["connector"], run: privateAddress },
];

async function plugin(scene: Scene): Promise<Outcome> {
  const plugins = await scene.plugins();
  const versions = plugins.get(PLUGIN);
  if (versions !== undefined) return ok(`${PLUGIN} ${versions.join(" and ")}`);
  const others = [...plugins.keys()].sort().join(", ");
  return fail("ml-plugin-missing", others === "" ? "no plugin at all" : `${PLUGIN} is not among ${others}`);
}

async function remoteInference(scene: Scene): Promise<Outcome> {
  const value = await scene.setting("ml:remote_inference.enabled");
  return value === "false" ? fail("remote-inference-off", `${KEY}remote_inference.enabled is false`) : ok("enabled");
}

/** Both trust lists. The private one exists since 3.7; while it is empty, the server ignores it. */
async function lists(scene: Scene): Promise<Record<typeof TRUSTED | typeof TRUSTED_PRIVATE, readonly string[]>> {
  const [trusted, forPrivate] = await Promise.all(
    [TRUSTED, TRUSTED_PRIVATE].map((name) => scene.setting(`ml:${name}`)),
  );
  return { [TRUSTED]: [trusted ?? []].flat(), [TRUSTED_PRIVATE]: [forPrivate ?? []].flat() };
}

/** Rules that only servers since 3.7 apply. Older ones accept any valid regex. */
const ONLY_UNSAFE = /characters at most|repeats? (?:a group|something)|back-reference/;

async function listsValid(scene: Scene): Promise<Outcome> {
  const all = Object.entries(await lists(scene)).flatMap(([name, entries]) =>
    entries.map((entry) => ({ name, entry })),
  );
  const problems = all
    .map(({ name, entry }) => ({ name, entry, problem: regexProblem(KEY + name, entry) }))
    .filter((one) => one.problem !== undefined);
  const { transient, persistent } = await scene.settings();
  // Ignore problems in the server's default entries.
  const ours = problems.filter(({ name }) => KEY + name in transient || KEY + name in persistent);
  const [first] = ours;
  if (first === undefined) return ok(`${all.length} ${all.length === 1 ? "entry" : "entries"}, each a regex`);
  const seen = `${first.name}: ${JSON.stringify(first.entry)} ${first.problem}`;
  return fail(ONLY_UNSAFE.test(first.problem ?? "") ? "trusted-regex-unsafe" : "trusted-regex-broken", seen);
}

async function urlTrusted(scene: Scene): Promise<Outcome> {
  const target = (await scene.predictAction())?.target ?? "";
  const { [TRUSTED]: trusted, [TRUSTED_PRIVATE]: forPrivate } = await lists(scene);
  if (!matchesSome(trusted, target)) {
    return fail("endpoint-not-trusted", `${target} matches none of the ${trusted.length} entries as a whole`);
  }
  if (forPrivate.length > 0 && (await isPrivate(target)) && !matchesSome(forPrivate, target)) {
    return fail(
      "private-endpoint-not-trusted",
      `${target} matches none of the ${forPrivate.length} entries for private addresses`,
    );
  }
  return ok(target);
}

/** Entries in syntax that only Java knows cannot be evaluated here, so they count as a match. */
function matchesSome(entries: readonly string[], url: string): boolean {
  return entries.some((entry) => javaMatches(entry, url) !== false);
}

async function privateAddress(scene: Scene): Promise<Outcome> {
  const target = (await scene.predictAction())?.target ?? "";
  const value = await scene.setting("ml:connector.private_ip_enabled");
  const { host } = new URL(target);
  if (value === "true") return ok("private_ip_enabled is true");
  if (!(await isPrivate(target))) return ok(`${host} is public`);
  if (value === undefined) return skip("this version refuses no private address");
  return fail("private-address", `private_ip_enabled is false, and ${host} is private`);
}

/** Decides by the IP address, which may need a DNS lookup. A name that only OpenSearch can resolve is judged by its form. */
async function isPrivate(url: string): Promise<boolean> {
  const { hostname } = new URL(url);
  if (isIP(hostname) !== 0) return mayBePrivate(url);
  const addresses = await lookup(hostname, { all: true, family: 4 }).catch(() => []);
  if (addresses.length === 0) return mayBePrivate(url);
  return addresses.some(({ address }) => mayBePrivate(`https://${address}`));
}
