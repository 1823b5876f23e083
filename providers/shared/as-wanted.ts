import { isDeepStrictEqual } from "node:util";

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
