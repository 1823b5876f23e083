import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { report } from "../../clients/report";
import { nameOf } from "./explain";

/** Keys that never need a write to a server: who owns the resource, how to reach the server, how long to wait. */
export const BOOKKEEPING = ["owner", "connection", "timeouts"] as const;

/**
 * The keys whose value differs between what was accepted (`olds`) and what is wanted (`news`). A key that neither
 * has is equal; the owner never counts, since a renamed stack or a new parent changes it.
 */
export function changedKeys(olds: object, news: object, keys: readonly string[]): string[] {
  const before = olds as Record<string, unknown>;
  const after = news as Record<string, unknown>;
  return keys.filter((key) => key !== "owner" && !isDeepStrictEqual(before[key], after[key]));
}

/** The members of `source` under `keys` that are set. */
export function pick<T extends object, K extends keyof T>(source: T, keys: readonly K[]): Partial<Pick<T, K>> {
  const picked: Partial<Pick<T, K>> = {};
  for (const key of keys) if (source[key] !== undefined) picked[key] = source[key];
  return picked;
}

/** JSON with sorted keys, so that equal values give equal text whatever order the engine's wire brings keys in. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member !== "object" || member === null || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  });
}

/** Sixteen hex digits of a value's SHA-256: enough to tell versions of one thing apart. */
export function shortHash(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex").slice(0, 16);
}

/** Says which inputs the program no longer has, where the server knows no way to take a value back. */
export function warnOfDropped(kind: string, olds: object, news: object, keys: readonly string[]): void {
  const [before, after] = [olds as Record<string, unknown>, news as Record<string, unknown>];
  const dropped = keys.filter((key) => before[key] !== undefined && after[key] === undefined);
  if (dropped.length === 0) return;
  report(
    `warning: ${kind} ${nameOf(news)}: the server keeps its ${dropped.join(", ")}, since it cannot remove what was once set`,
  );
}

/**
 * The server's value in the program's own form wherever both mean the same, so that a read shows only real
 * differences. The server writes numbers as texts (`"limit": "10"`), keeps JSON schemas as texts, and fills in members
 * that the program left out (`model_ttl_minutes`), all seen on 3.4.0.
 */
export function asWanted(wanted: unknown, found: unknown): unknown {
  if (isDeepStrictEqual(wanted, found)) return wanted;
  if (isObject(wanted)) return isObject(found) ? membersAsWanted(wanted, found) : parsedAsWanted(wanted, found);
  const scalars = isScalar(wanted) && isScalar(found);
  return scalars && String(wanted) === String(found) ? wanted : found;
}

function membersAsWanted(wanted: Record<string, unknown>, found: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(wanted).map(([key, value]) => [key, asWanted(value, found[key])] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function parsedAsWanted(wanted: Record<string, unknown>, found: unknown): unknown {
  if (typeof found !== "string") return found;
  try {
    return isDeepStrictEqual(JSON.parse(found), wanted) ? wanted : found;
  } catch {
    return found;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isScalar(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}
