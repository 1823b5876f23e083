import { z } from "zod";
import type { ClusterSettings, Scope, SettingValue } from "../../clients/opensearch/cluster";
import { canonicalJson, shortHash } from "../shared/compare";
import type { Memory } from "./plan";

/**
 * Prefix of claims. A claim records on the cluster itself which settings a resource wants and what they were before. It
 * is written in the same request as the settings, so no crash can lose it, and stacks see each other's. The server
 * stores any text below `cluster.metadata` (`Metadata.java`, an affix setting) and requires no further permission.
 */
const CLAIMS = "cluster.metadata.ollama_chat.claims.";

const value = z.union([z.string(), z.array(z.string()), z.null()]);

const claimSchema = z.object({
  owner: z.string(),
  stack: z.string().optional(),
  instance: z.string(),
  scope: z.enum(["persistent", "transient"]),
  previous: z.record(z.string(), value),
  contributed: z.record(z.string(), z.array(z.string())),
  defaultHashes: z.record(z.string(), z.string()),
  written: z.record(z.string(), value),
  restoreOnDelete: z.string().optional(),
  leaving: z.boolean().optional(),
  writing: z.string().optional(),
});

/** What one resource wants of a cluster, as stored on that cluster. */
export interface Claim extends Pick<Memory, "previous" | "contributed" | "defaultHashes" | "written"> {
  /** URN of the resource. */
  readonly owner: string;
  /** Hash of the stack (see `stackMark`). Absent in claims of releases up to 0.2. */
  readonly stack?: string;
  /** Random id of the resource that wrote the claim. A later resource of the same name has another one. */
  readonly instance: string;
  readonly scope: Scope;
  /** The program's `restoreOnDelete`, if set. */
  readonly restoreOnDelete?: string;
  /** The resource is being deleted. It wants nothing any more, and its entries belong to nobody. */
  readonly leaving?: boolean;
  /** Announces a change of values. Random; set before the read that the change is based on, removed by the change. */
  readonly writing?: string;
}

/** The key of the setting that stores a resource's claim. */
export function claimKey(owner: string, instance: string): string {
  return `${CLAIMS}${shortHash([owner])}.${instance}`;
}

/** The stored text. Equal claims have equal texts. */
export function claimText(claim: Claim): string {
  return canonicalJson(claim);
}

function claimFrom(text: SettingValue): Claim | undefined {
  if (typeof text !== "string") return undefined;
  try {
    return claimSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** All claims on a cluster, by key. Unreadable ones, such as those of a later release, are left out. */
export function claimsIn({ persistent }: Pick<ClusterSettings, "persistent">): ReadonlyMap<string, Claim> {
  const found = new Map<string, Claim>();
  for (const [key, text] of Object.entries(persistent)) {
    const claim = key.startsWith(CLAIMS) ? claimFrom(text) : undefined;
    if (claim !== undefined) found.set(key, claim);
  }
  return found;
}

/** Whether a claim's resource is neither being deleted nor in the middle of a change. */
export function isSettled(claim: Claim): boolean {
  return claim.leaving !== true && claim.writing === undefined;
}

/** What the other resources on a cluster want in one scope. */
export interface Neighbours {
  /** Entries that they added to a list. */
  contributed(key: string): readonly string[];
  /** The value of a key before the first of them changed it; `undefined` if none wants it. */
  before(key: string): Pick<Memory, "previous" | "defaultHashes"> | undefined;
  /** The whole value that one of them wants, and its owner. */
  written(key: string): { readonly value: SettingValue; readonly owner: string } | undefined;
  /** Entries of neighbours that are leaving or left during this run. They may be removed; foreign entries may not. */
  gone(key: string): readonly string[];
}

export const NO_NEIGHBOURS: Neighbours = {
  contributed: () => [],
  before: () => undefined,
  written: () => undefined,
  gone: () => [],
};

/** @param wroteFor the entries that this run wrote for neighbours, by key. */
export function neighboursOf(
  claims: Iterable<Claim>,
  scope: Scope,
  wroteFor: ReadonlyMap<string, ReadonlySet<string>>,
): Neighbours {
  const all = [...claims].filter((claim) => claim.scope === scope);
  const staying = all.filter((claim) => claim.leaving !== true);
  const entriesOf = (those: readonly Claim[], key: string) => [
    ...new Set(those.flatMap((claim) => claim.contributed[key] ?? [])),
  ];
  return {
    contributed: (key) => entriesOf(staying, key),
    before: (key) => [...staying, ...all].find((claim) => key in claim.previous),
    written: (key) => {
      const claim = staying.find(({ written }) => key in written);
      return claim && { value: claim.written[key] ?? null, owner: claim.owner };
    },
    gone: (key) => {
      const wanted = entriesOf(staying, key);
      return [...entriesOf(all, key), ...(wroteFor.get(key) ?? [])].filter((entry) => !wanted.includes(entry));
    },
  };
}
