import type { ClusterInfo } from "../../clients/opensearch/cluster";
import { ExplainedError } from "../../diagnosis/explained-error";

/** Something that a server understands only from a version on; older ones drop it without a word. */
export interface Gated {
  /** Path of the input, such as `clientConfig.skipSslVerification`. */
  readonly property: string;
  /** Whether the program uses it. */
  readonly used: boolean;
  /** First version that understands it, such as `3.5`. */
  readonly since: string;
}

/**
 * Stops before a write when the server is too old for what is asked of it.
 *
 * @throws ExplainedError for the first input that the server would drop.
 */
export function requireVersion({ version }: ClusterInfo, gates: readonly Gated[]): void {
  const missing = gates.find(({ used, since }) => used && isOlder(version, since));
  if (missing === undefined) return;
  throw new ExplainedError({
    what: `${missing.property} needs OpenSearch ${missing.since} or later; this cluster is ${version}.`,
    cause: "Older servers drop it without a word, so it would never take effect.",
    fix: `Leave ${missing.property} out, or upgrade the cluster.`,
  });
}

/** Whether a server's version, such as `2.19.3`, comes before another, such as `3.1`. */
export function isOlder(version: string, since: string): boolean {
  const [have, need] = [version, since].map((text) => text.split(".").map((part) => Number.parseInt(part, 10) || 0));
  const differing = (need ?? []).findIndex((part, i) => (have?.[i] ?? 0) !== part);
  return differing >= 0 && (have?.[differing] ?? 0) < (need?.[differing] ?? 0);
}
