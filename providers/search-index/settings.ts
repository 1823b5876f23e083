import { canonicalJson } from "../shared/compare";

/** A setting's value as the server keeps it. */
export type IndexSettingValue = string | readonly string[] | null;

/**
 * Settings that count only when an index is made, by flat key or by what a key begins with. Read from the server's
 * own refusals on 3.4.0; one that is missing here is refused by the server in its own words.
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

/** Changed at any time although their keys begin like a static one. */
const DYNAMIC = ["index.knn."];

export function isStatic(key: string): boolean {
  if (DYNAMIC.some((start) => key.startsWith(start))) return false;
  return STATIC.some((name) => (name.endsWith(".") ? key.startsWith(name) : key === name));
}

/** What the server takes where a setting is not given. */
const DEFAULTS: Readonly<Record<string, string>> = {
  "index.number_of_shards": "1",
  "index.number_of_replicas": "1",
};

/** Settings by flat key that begins with `index.`, every value as the server keeps it. */
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
    else visit(fullKey(path), kept(value));
  }
}

function fullKey(path: string): string {
  return path === "index" || path.startsWith("index.") ? path : `index.${path}`;
}

function isGroup(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function kept(value: unknown): IndexSettingValue {
  if (value === null || value === undefined) return null;
  return Array.isArray(value) ? value.map(String) : String(value);
}

/** Keys whose value differs, with defaults written out; `null` is as good as not given. */
export function differingSettings(olds: unknown, news: unknown): string[] {
  const [before, after] = [flatSettings(olds), flatSettings(news)];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const value = (all: Record<string, IndexSettingValue>, key: string) => all[key] ?? DEFAULTS[key] ?? null;
  return keys.filter((key) => canonicalJson(value(before, key)) !== canonicalJson(value(after, key)));
}

/**
 * The program's settings with what the server shows instead, in the program's own form. A key that the server does not
 * show is left out, since it is back at its default.
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
    const shown = kept(found[fullKey(path)]);
    if (shown === null) {
      if (value === null) seen[name] = null;
      continue;
    }
    seen[name] = canonicalJson(listed(shown)) === canonicalJson(listed(kept(value))) ? value : shown;
  }
  return seen;
}

/** A list of one is the same as its member. */
function listed(value: IndexSettingValue): readonly string[] {
  return value === null ? [] : Array.isArray(value) ? value : [value as string];
}
