import { z } from "zod";
import type { ClusterSettings, Scope, SettingValue } from "../../clients/opensearch/cluster";
import { canonicalJson, shortHash } from "../shared/compare";
import type { Memory } from "./plan";

/**
 * Who wants which settings, and what each was before anybody wanted it, is kept on the cluster itself: under a key of its
 * own below this one, written by the same request as the settings. So a crash forgets nothing, and stacks see each other.
 * The server keeps any text below `cluster.metadata` (`Metadata.java`, an affix setting), and asks for no further right.
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

/** What one resource wants of a cluster, as it stands on that cluster. */
export interface Claim extends Pick<Memory, "previous" | "contributed" | "defaultHashes" | "written"> {
  /** URN of the resource. */
  readonly owner: string;
  /** Stands for the stack (see `stackMark`). Absent in claims of releases up to 0.2. */
  readonly stack?: string;
  /** Tells the resource that wrote it from another one of the same name. */
  readonly instance: string;
  readonly scope: Scope;
  /** What becomes of the values, where the program says so. */
  readonly restoreOnDelete?: string;
  /** Its resource is being deleted: it wants nothing any more, and what it brought is nobody's. */
  readonly leaving?: boolean;
  /** Set to something new before the look on which a change of values rests, gone with that change. */
  readonly writing?: string;
}

/** The setting under which a resource's claim is kept. */
export function claimKey(owner: string, instance: string): string {
  return `${CLAIMS}${shortHash([owner])}.${instance}`;
}

/** An equal claim is an equal text. */
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

/** Every claim on a cluster by the setting that keeps it. One that cannot be read, such as a later release's, is left out. */
export function claimsIn({ persistent }: Pick<ClusterSettings, "persistent">): ReadonlyMap<string, Claim> {
  const found = new Map<string, Claim>();
  for (const [key, text] of Object.entries(persistent)) {
    const claim = key.startsWith(CLAIMS) ? claimFrom(text) : undefined;
    if (claim !== undefined) found.set(key, claim);
  }
  return found;
}

/** Whether a claim stands for a resource that has what it wants: none that is going, none in the middle of a change. */
export function isSettled(claim: Claim): boolean {
  return claim.leaving !== true && claim.writing === undefined;
}

/** What the other resources on a cluster want in one scope. */
export interface Neighbours {
  /** Entries that they added to a list. */
  contributed(key: string): readonly string[];
  /** What a key was before the first of them; undefined where none wants it. */
  before(key: string): Pick<Memory, "previous" | "defaultHashes"> | undefined;
  /** The whole value that one of them wants, and who. */
  written(key: string): { readonly value: SettingValue; readonly owner: string } | undefined;
  /** Entries of neighbours who leave, and those that this run wrote for some who have gone: nobody's, but not foreign. */
  gone(key: string): readonly string[];
}

export const ALONE: Neighbours = {
  contributed: () => [],
  before: () => undefined,
  written: () => undefined,
  gone: () => [],
};

/** The neighbours that these claims tell of; `wroteFor` are the entries that this run wrote for any of them. */
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
