import { isDeepStrictEqual } from "node:util";

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
