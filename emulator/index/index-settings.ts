import { ApiError, illegalArgument, validationFailed } from "../errors";
import { isRecord } from "./mapping";

type Value = string | string[];

/** Settings of an index by flat key, every value a text or a list of texts. */
export type IndexSettings = Record<string, Value>;

const KNN = "index.knn";

/** Set when an index is made and never again, by key or by what a key begins with. */
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
  KNN,
];

const DYNAMIC = [
  "index.number_of_replicas",
  "index.auto_expand_replicas",
  "index.refresh_interval",
  "index.max_result_window",
  "index.hidden",
  "index.priority",
  "index.default_pipeline",
  "index.final_pipeline",
  "index.search.",
  "index.query.",
  "index.mapping.",
  "index.merge.",
  "index.translog.",
  "index.blocks.",
  "index.routing.",
  "index.knn.",
];

const PRIVATE = ["index.uuid", "index.creation_date", "index.provided_name", "index.version.created"];
const NUMBERS: Readonly<Record<string, number>> = { "index.number_of_shards": 1, "index.number_of_replicas": 0 };
const TIMES = ["index.refresh_interval"];

function covers(names: readonly string[], key: string): boolean {
  return names.some((name) => (name.endsWith(".") ? key.startsWith(name) : key === name));
}

function isStatic(key: string): boolean {
  return covers(STATIC, key) && !covers(["index.knn."], key);
}

/** A request's settings by flat key; `null` means reset. Unknown keys and unreadable values are refused. */
export function readSettings(given: unknown, hasKnn: boolean): Record<string, Value | null> {
  const flat: Record<string, Value | null> = {};
  flatten(given, "", flat);
  for (const [key, value] of Object.entries(flat)) {
    if (PRIVATE.includes(key)) {
      const reason = `Validation Failed: 1: private index setting [${key}] can not be set explicitly;`;
      throw new ApiError(400, { type: "validation_exception", reason });
    }
    const isKnown = covers(STATIC, key) || covers(DYNAMIC, key);
    if (!isKnown || (key.startsWith(KNN) && !hasKnn)) throw unknownSetting(key);
    if (value !== null) checkValue(key, value);
  }
  return flat;
}

function flatten(given: unknown, prefix: string, flat: Record<string, Value | null>): void {
  if (!isRecord(given)) return;
  for (const [name, value] of Object.entries(given)) {
    const path = `${prefix}${name}`;
    if (isRecord(value)) flatten(value, `${path}.`, flat);
    else {
      const key = path.startsWith("index.") ? path : `index.${path}`;
      flat[key] =
        value === null || value === undefined ? null : Array.isArray(value) ? value.map(String) : String(value);
    }
  }
}

/** The server also proposes the likest known key; which one that is, is not emulated. */
function unknownSetting(key: string): ApiError {
  const advice =
    "please check that any required plugins are installed, or check the breaking changes documentation for removed settings";
  return new ApiError(400, { type: "settings_exception", reason: `unknown setting [${key}] ${advice}` });
}

function checkValue(key: string, value: Value): void {
  const least = NUMBERS[key];
  if (least !== undefined) {
    const number = Number(value);
    if (!/^-?\d+$/.test(String(value))) {
      const causedBy = { type: "number_format_exception", reason: `For input string: "${value}"` };
      throw illegalArgument(`Failed to parse value [${value}] for setting [${key}]`, causedBy);
    }
    if (number < least)
      throw illegalArgument(`Failed to parse value [${value}] for setting [${key}] must be >= ${least}`);
  }
  if (TIMES.includes(key) && !/^(-1|\d+(ms|s|m|h|d|micros|nanos))$/.test(String(value))) {
    const problem = "as a time value: unit is missing or unrecognized";
    throw illegalArgument(`failed to parse setting [${key}] with value [${value}] ${problem}`);
  }
}

/** Refuses, for an index that exists, what can only be set when it is made. */
export function checkDynamic(changes: Record<string, unknown>, index: { name: string; uuid: string }): void {
  if (Object.keys(changes).length === 0) throw validationFailed(["no settings to update"]);
  const fixed = Object.keys(changes).filter(isStatic).sort();
  if (fixed.length === 0) return;
  throw illegalArgument(
    `Can't update non dynamic settings [[${fixed.join(", ")}]] for open indices [[${index.name}/${index.uuid}]]`,
  );
}

/** What a `GET` shows by flat key: what was set, and what the server adds. */
export function shownSettings(index: { name: string; uuid: string }, given: IndexSettings): IndexSettings {
  const expanded = given["index.auto_expand_replicas"]?.toString().split("-")[0];
  const own: IndexSettings = {
    "index.creation_date": "1795477386136",
    "index.number_of_replicas": expanded ?? "1",
    "index.number_of_shards": "1",
    "index.provided_name": index.name,
    "index.replication.type": "DOCUMENT",
    "index.uuid": index.uuid,
    "index.version.created": "137257827",
  };
  return Object.fromEntries(Object.entries({ ...own, ...given }).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The same as nested objects. */
export function nestedSettings(flat: IndexSettings): Record<string, unknown> {
  const nested: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(flat)) {
    const parts = key.split(".");
    let place = nested;
    for (const part of parts.slice(0, -1)) {
      const below = place[part];
      const next: Record<string, unknown> = isRecord(below) ? below : {};
      place[part] = next;
      place = next;
    }
    place[parts.at(-1) ?? ""] = value;
  }
  return nested;
}

/** Refuses writes of documents while the index is blocked for them. */
export function checkWritable(index: { name: string; blockedForWrites: boolean }): void {
  if (!index.blockedForWrites) return;
  const reason = `index [${index.name}] blocked by: [FORBIDDEN/8/index write (api)];`;
  throw new ApiError(403, { type: "cluster_block_exception", reason });
}
