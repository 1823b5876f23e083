import { canonicalJson } from "../shared/compare";

/** A setting's value as the server stores it. */
export type IndexSettingValue = string | readonly string[] | null;

/**
 * Settings that can only be set when an index is created, by flat key or by prefix. Taken from the server's own errors
 * on 3.4.0. If one is missing here, the server rejects the change itself.
 */
const STATIC = [
  "index.number_of_shards",
  "index.number_of_routing_shards",
  "index.routing_partition_size",
  "index.codec",
  "index.sort.",
  "index.analysis.",
  "index.similarity.",
  "index.store.",
  "index.shard.check_on_startup",
  "index.load_fixed_bitset_filters_eagerly",
  "index.soft_deletes.enabled",
  "index.replication.type",
  "index.append_only.enabled",
  "index.derived_source.enabled",
  "index.composite_index",
  "index.knn",
];

/** Can change at any time, although a similar key is static. */
const DYNAMIC = ["index.knn."];

export function isStatic(key: string): boolean {
  if (DYNAMIC.some((start) => key.startsWith(start))) return false;
  return STATIC.some((name) => (name.endsWith(".") ? key.startsWith(name) : key === name));
}

/** The server's defaults. */
const DEFAULTS: Readonly<Record<string, string>> = {
  "index.number_of_shards": "1",
  "index.number_of_replicas": "1",
};

/** Settings by flat key with the prefix `index.`, with values as the server stores them. */
export function flatSettings(settings: unknown): Record<string, IndexSettingValue> {
  const flat: Record<string, IndexSettingValue> = {};
  walk(settings, "", (key, value) => {
    flat[key] = value;
  });
  return flat;
}

function walk(settings: unknown, prefix: string, visit: (key: string, value: IndexSettingValue) => void): void {
  if (typeof settings !== "object" || settings === null) return;
  for (const [name, value] of Object.entries(settings)) {
    const path = `${prefix}${name}`;
    if (isGroup(value)) walk(value, `${path}.`, visit);
    else visit(fullKey(path), storedValue(value));
  }
}

function fullKey(path: string): string {
  return path === "index" || path.startsWith("index.") ? path : `index.${path}`;
}

function isGroup(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function storedValue(value: unknown): IndexSettingValue {
  if (value === null || value === undefined) return null;
  return Array.isArray(value) ? value.map(String) : String(value);
}

/** Keys with different values, with defaults filled in. `null` counts as absent. */
export function differingSettings(olds: unknown, news: unknown): string[] {
  const [before, after] = [flatSettings(olds), flatSettings(news)];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const value = (all: Record<string, IndexSettingValue>, key: string) => all[key] ?? DEFAULTS[key] ?? null;
  return keys.filter((key) => canonicalJson(value(before, key)) !== canonicalJson(value(after, key)));
}

/**
 * The program's settings with the server's values, in the program's form. A key that the server does not show is back
 * at its default and is left out.
 */
export function settingsAsSeen(
  wanted: unknown,
  found: Readonly<Record<string, unknown>>,
  prefix = "",
): Record<string, unknown> {
  const seen: Record<string, unknown> = {};
  for (const [name, value] of Object.entries((wanted as Record<string, unknown> | undefined) ?? {})) {
    const path = `${prefix}${name}`;
    if (isGroup(value)) {
      const group = settingsAsSeen(value, found, `${path}.`);
      if (Object.keys(group).length > 0 || Object.keys(value as object).length === 0) seen[name] = group;
      continue;
    }
    const shown = storedValue(found[fullKey(path)]);
    if (shown === null) {
      if (value === null) seen[name] = null;
      continue;
    }
    seen[name] = canonicalJson(asList(shown)) === canonicalJson(asList(storedValue(value))) ? value : shown;
  }
  return seen;
}

/** A list of one equals its member. */
function asList(value: IndexSettingValue): readonly string[] {
  return value === null ? [] : Array.isArray(value) ? value : [value as string];
}
