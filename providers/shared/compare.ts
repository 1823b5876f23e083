import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { report } from "../../clients/report";
import { nameOf } from "./explain";

/** Inputs that change nothing on the server: owner, connection, timeouts. */
export const BOOKKEEPING = ["owner", "connection", "timeouts"] as const;

/**
 * The keys whose values differ between the stored state (`olds`) and the program (`news`). A key missing in both is
 * equal. `owner` is ignored, since it changes when a stack is renamed or a resource gets a new parent.
 */
export function changedKeys<K extends string>(olds: object, news: object, keys: readonly K[]): K[] {
  const before = olds as Record<string, unknown>;
  const after = news as Record<string, unknown>;
  return keys.filter((key) => key !== "owner" && !isDeepStrictEqual(before[key], after[key]));
}

/** The members of `source` named in `keys`, without `undefined` ones. */
export function pick<T extends object, K extends keyof T>(source: T, keys: readonly K[]): Partial<Pick<T, K>> {
  const picked: Partial<Pick<T, K>> = {};
  for (const key of keys) if (source[key] !== undefined) picked[key] = source[key];
  return picked;
}

/** JSON with sorted keys. The engine does not keep the order of keys, and equal values must give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member !== "object" || member === null || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  });
}

/** The first sixteen hex digits of a value's SHA-256. */
export function shortHash(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex").slice(0, 16);
}

/** Warns of inputs that the program dropped and the server cannot unset. */
export function warnOfDropped(kind: string, olds: object, news: object, keys: readonly string[]): void {
  const [before, after] = [olds as Record<string, unknown>, news as Record<string, unknown>];
  const dropped = keys.filter((key) => before[key] !== undefined && after[key] === undefined);
  if (dropped.length === 0) return;
  report(
    `warning: ${kind} ${nameOf(news)}: the server keeps its ${dropped.join(", ")}, since it cannot remove what was once set`,
  );
}

/**
 * The server's value, but in the program's form where both are equivalent, so that a refresh shows only real
 * differences. The server stores numbers (`"limit": "10"`) and JSON schemas as strings, and adds members that the
 * program left out (`model_ttl_minutes`), all seen on 3.4.0.
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
