import type { ClusterInfo } from "../../clients/opensearch/cluster";
import { ExplainedError } from "../../diagnosis/explained-error";

/** An input that needs a minimum server version. Older servers drop it silently. */
export interface Gated {
  /** Path of the input, such as `clientConfig.skipSslVerification`. */
  readonly property: string;
  /** Whether the program uses it. */
  readonly used: boolean;
  /** First version that supports it, such as `3.5`. */
  readonly since: string;
}

/**
 * Call before a write.
 *
 * @throws ExplainedError for the first input that this server is too old for.
 */
export function requireVersion({ version }: ClusterInfo, gates: readonly Gated[]): void {
  const missing = gates.find(({ used, since }) => used && isOlder(version, since));
  if (missing === undefined) return;
  throw new ExplainedError({
    what: `${missing.property} needs OpenSearch ${missing.since} or later; this cluster is ${version}.`,
    cause: "Older servers silently drop it, so it would never take effect.",
    fix: `Leave ${missing.property} out, or upgrade the cluster.`,
  });
}

/** Whether a server's version, such as `2.19.3`, is lower than another, such as `3.1`. */
export function isOlder(version: string, since: string): boolean {
  const [have, need] = [version, since].map((text) => text.split(".").map((part) => Number.parseInt(part, 10) || 0));
  const differing = (need ?? []).findIndex((part, i) => (have?.[i] ?? 0) !== part);
  return differing >= 0 && (have?.[differing] ?? 0) < (need?.[differing] ?? 0);
}
