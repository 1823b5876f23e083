import { isDeepStrictEqual } from "node:util";
import { ServerError } from "../../clients/errors";
import {
  type ClusterSettings,
  getClusterSettings,
  putClusterSettings,
  type SettingScope,
  type SettingValue,
} from "../../clients/opensearch/cluster";
import type { OpenSearchServer } from "../../clients/opensearch/server";
import { report } from "../../clients/report";
import { ExplainedError } from "../../diagnosis/explained-error";
import { type Claim, claimsIn, claimText, type Neighbours, neighboursOf } from "./claim";

/** Writers that meet again and again draw lots how long to wait; eight at once were done after four rounds. */
const MOST_ROUNDS = 30;
const LONGEST_PAUSE_MILLISECONDS = 100;

type Writes = Readonly<Record<string, SettingValue>>;

/** What one look at the cluster asks for. */
export interface Step {
  readonly writes: Writes;
  /** The claim as it has to stand; undefined where there is to be none. */
  readonly claim: Claim | undefined;
}

export interface Settling<S extends Step> {
  readonly server: OpenSearchServer;
  readonly scope: SettingScope;
  /** The claim's setting. */
  readonly key: string;
  /** Which of the claims on the cluster are this resource's: its own, that of a former name, what a crash left. */
  readonly isMine: (key: string, claim: Claim) => boolean;
  /** False on a service that keeps no claims: then the state alone remembers. */
  readonly keepsClaims: boolean;
  readonly needsDefaults: boolean;
  /** For messages: `ClusterSetting "opened"`. */
  readonly title: string;
  /** Works out the step; `mine` are this resource's claims as they stand on the cluster, `round` counts from 0. */
  readonly step: (present: ClusterSettings, neighbours: Neighbours, mine: readonly Claim[], round: number) => S;
  /** Told before each write: from here on it may have been made. */
  readonly onWrite?: (step: S) => void;
  /** Told when the server refused the first write, so that nothing was made. */
  readonly onRefusal?: () => void;
}

/**
 * Looks, writes settings and claim in one request, and looks again, until there is nothing left to write: another writer
 * may have written the same list between look and write. Answers the last step, and whether the cluster keeps claims.
 */
export async function settle<S extends Step>(settling: Settling<S>): Promise<{ step: S; keepsClaims: boolean }> {
  const { server, scope, key, isMine, needsDefaults } = settling;
  const wroteFor = new Map<string, Set<string>>();
  let { keepsClaims } = settling;
  let before: ClusterSettings | undefined;
  for (let round = 0; ; round += 1) {
    const present = await getClusterSettings(server, { defaults: needsDefaults });
    const claims = [...claimsIn(present)];
    const mine = claims.filter(([each, claim]) => isMine(each, claim));
    const others = claims.filter((each) => !mine.includes(each)).map(([, claim]) => claim);
    const neighbours = neighboursOf(others, scope, wroteFor);
    const step = settling.step(
      present,
      neighbours,
      mine.map(([, claim]) => claim),
      round,
    );
    const ownKeys = mine.map(([each]) => each);
    const claimed = keepsClaims ? claimWrites(present, key, ownKeys, step.claim) : {};
    if (Object.keys(step.writes).length === 0 && Object.keys(claimed).length === 0) return { step, keepsClaims };
    if (round === MOST_ROUNDS || (before !== undefined && isDeepStrictEqual(before, present))) {
      throw notKept(step.writes, present, scope);
    }
    settling.onWrite?.(step);
    try {
      keepsClaims = await write(settling, step.writes, claimed, keepsClaims);
    } catch (error) {
      if (round === 0 && isRefusal(error)) settling.onRefusal?.();
      throw error;
    }
    for (const [setting, value] of Object.entries(step.writes)) {
      const theirs = neighbours.contributed(setting).filter((entry) => value?.includes(entry));
      wroteFor.set(setting, new Set([...(wroteFor.get(setting) ?? []), ...theirs]));
    }
    before = present;
    if (round > 0) await pause();
  }
}

function claimWrites(
  { persistent }: ClusterSettings,
  key: string,
  ownKeys: readonly string[],
  claim: Claim | undefined,
): Writes {
  const wanted = new Map<string, SettingValue>(ownKeys.map((each) => [each, null]));
  if (claim !== undefined) wanted.set(key, claimText(claim));
  return Object.fromEntries([...wanted].filter(([each, text]) => (persistent[each] ?? null) !== text));
}

/** Answers whether the cluster keeps claims: where the service refuses one, the settings are written without. */
async function write(
  { server, scope, title }: Pick<Settling<Step>, "server" | "scope" | "title">,
  writes: Writes,
  claims: Writes,
  keepsClaims: boolean,
): Promise<boolean> {
  const hasClaims = Object.keys(claims).length > 0;
  try {
    const persistent = scope === "persistent" ? { ...writes, ...claims } : claims;
    await putClusterSettings(server, {
      ...(Object.keys(persistent).length > 0 ? { persistent } : {}),
      ...(scope === "transient" && Object.keys(writes).length > 0 ? { transient: writes } : {}),
    });
    return keepsClaims;
  } catch (error) {
    if (!hasClaims || !isRefusal(error)) throw error;
    // Refused for its settings, it is refused again, and that is the error to show.
    if (Object.keys(writes).length > 0) await putClusterSettings(server, { [scope]: writes });
    report(
      `warning: ${title}: this cluster keeps nothing below cluster.metadata (${(error as Error).message}), so only this ` +
        "stack's state remembers what was there before, and other stacks do not see what this one needs",
    );
    return false;
  }
}

/** The server understood the request and did not do it; an error of 500 or more may come after the deed. */
function isRefusal(error: unknown): boolean {
  return error instanceof ServerError && error.status < 500;
}

/** Some managed services acknowledge settings that they then ignore. */
function notKept(writes: Writes, present: ClusterSettings, scope: SettingScope): ExplainedError {
  const [key = "the claim", value = null] = Object.entries(writes)[0] ?? [];
  return new ExplainedError({
    what: `The server acknowledged ${key} = ${JSON.stringify(value)}, but shows ${JSON.stringify(present[scope][key] ?? null)}.`,
    cause: "Another writer changes it again and again, or the service does not let this setting be changed.",
    fix: "Run again; on a managed service, look into its list of settings that may be changed.",
  });
}

async function pause(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, Math.random() * LONGEST_PAUSE_MILLISECONDS));
}
