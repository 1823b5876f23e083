import { z } from "zod";
import type { SettingValue } from "../../clients/opensearch/cluster";
import { type Connection, connectionSchema } from "../shared/connection";
import type { Owned } from "../shared/ownership";
import { type Timeouts, timeoutsSchema } from "../shared/timeouts";

/** Of the state. */
export const SCHEMA_VERSION = 1;

/** Where settings are kept: over restarts, or until the next full restart. Transient wins over persistent. */
export const SettingScope = {
  /** Kept over restarts. */
  persistent: "persistent",
  /** Lost at the next full restart. */
  transient: "transient",
} as const;

/** Whether a list setting is ours alone, or others add their own entries to it. */
export const SettingMode = {
  /** The whole value is this resource's. */
  own: "own",
  /** Only the entries that this resource added to a list are. */
  contribute: "contribute",
} as const;

/** What becomes of a key that is dropped: its value from before, the server's default, or as it is. */
export const RestoreOnDelete = {
  /** Its value from before. */
  previous: "previous",
  /** The server's default. */
  default: "default",
  /** As it is. */
  keep: "keep",
} as const;

/** What became of the claim that a resource writes on the cluster. */
export const ClaimStatus = {
  /** It stands there. */
  kept: "kept",
  /** It was not there at the last look. */
  missing: "missing",
  /** The service keeps no claims, so the state alone remembers. */
  refused: "refused",
} as const;

export type ClaimStatus = (typeof ClaimStatus)[keyof typeof ClaimStatus];

export interface ClusterSettingInputs extends Owned {
  readonly connection: Connection;
  /** By flat key, such as `plugins.ml_commons.connector.private_ip_enabled`; `null` means unset. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Settings for the servers that know their keys; skipped on older versions. */
  readonly whenKnown?: Readonly<Record<string, unknown>>;
  readonly scope?: string;
  readonly mode?: string;
  readonly restoreOnDelete?: string;
  /** Hash of what is set, computed by `check`: known in previews, equal while nothing changes. */
  readonly revision?: string;
  readonly timeouts?: Timeouts;
}

export interface ClusterSettingState extends ClusterSettingInputs {
  readonly clusterUuid: string;
  /** What each key was in the same scope before; `null` for not set. */
  readonly previous: Readonly<Record<string, SettingValue>>;
  /** List entries that were not there before, by key. */
  readonly contributed: Readonly<Record<string, readonly string[]>>;
  /** Hash of what a list was while it was not set: the server shows its default only until then. */
  readonly defaultHashes: Readonly<Record<string, string>>;
  /** What was written under each key that is ours alone: a refresh changes `settings` to what is found, never this. */
  readonly written: Readonly<Record<string, SettingValue>>;
  /** Where else that is remembered: see `ClaimStatus`. Absent in states of 0.1. */
  readonly claim?: ClaimStatus;
  /** Tells this resource from a later one of the same name. Absent in states of 0.1. */
  readonly instance?: string;
  readonly schemaVersion: number;
}

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const valueRule = "must be text, a number, true, false, null, or a list of these";
const keyRule = "must be the flat key of one setting, such as plugins.ml_commons.connector.private_ip_enabled";
const oneOf = (values: Readonly<Record<string, string>>) => `must be one of ${Object.values(values).join(", ")}`;

const settingsSchema = z.record(
  z.string().regex(/^[a-z][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)+$/, keyRule),
  z.union([scalar, z.array(scalar)], valueRule),
  "must be an object of settings by their flat keys",
);

export const clusterSettingSchema = z.looseObject({
  connection: connectionSchema,
  settings: settingsSchema.refine((settings) => Object.keys(settings).length > 0, "must hold at least one setting"),
  whenKnown: settingsSchema.optional(),
  scope: z.enum(Object.values(SettingScope), oneOf(SettingScope)).optional(),
  mode: z.enum(Object.values(SettingMode), oneOf(SettingMode)).optional(),
  restoreOnDelete: z.enum(Object.values(RestoreOnDelete), oneOf(RestoreOnDelete)).optional(),
  timeouts: timeoutsSchema.optional(),
  owner: z.string().optional(),
});

/** A value as the server keeps and shows it: everything is text or a list of texts. */
export function normalised(value: unknown): SettingValue {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.map(String);
  return String(value);
}
