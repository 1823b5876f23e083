import { z } from "zod";
import type { SettingValue } from "../../clients/opensearch/cluster";
import { type Connection, connectionSchema } from "../shared/connection";
import type { Owned } from "../shared/ownership";
import { type Timeouts, timeoutsSchema } from "../shared/timeouts";

/** Version of the state's schema. */
export const SCHEMA_VERSION = 1;

/** Whether settings survive a full restart of the cluster. A transient value overrides a persistent one. */
export const SettingScope = {
  /** Survives restarts. */
  persistent: "persistent",
  /** Lost at the next full restart. */
  transient: "transient",
} as const;

/** Whether the resource owns a list setting as a whole, or only its own entries. */
export const SettingMode = {
  /** The resource owns the whole value. */
  own: "own",
  /** The resource owns only the entries that it added to a list. */
  contribute: "contribute",
} as const;

/** The value that a key gets when it is dropped. */
export const RestoreOnDelete = {
  /** Its value before this resource set it. */
  previous: "previous",
  /** The server's default. */
  default: "default",
  /** The current value stays. */
  keep: "keep",
} as const;

/** Status of the claim that a resource writes on the cluster. */
export const ClaimStatus = {
  /** It is on the cluster. */
  kept: "kept",
  /** It was missing at the last refresh. */
  missing: "missing",
  /** The service stores no claims, so only the state remembers. */
  refused: "refused",
} as const;

export type ClaimStatus = (typeof ClaimStatus)[keyof typeof ClaimStatus];

export interface ClusterSettingInputs extends Owned {
  readonly connection: Connection;
  /** By flat key, such as `plugins.ml_commons.connector.private_ip_enabled`; `null` means not set. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Settings that only some server versions know; the others skip them. */
  readonly whenKnown?: Readonly<Record<string, unknown>>;
  readonly scope?: string;
  readonly mode?: string;
  readonly restoreOnDelete?: string;
  /** Hash of the settings. `check` computes it, so previews know it; it stays equal while nothing changes. */
  readonly revision?: string;
  readonly timeouts?: Timeouts;
}

export interface ClusterSettingState extends ClusterSettingInputs {
  readonly clusterUuid: string;
  /** Previous value of each key in the same scope; `null` for not set. */
  readonly previous: Readonly<Record<string, SettingValue>>;
  /** List entries that this resource added, by key. */
  readonly contributed: Readonly<Record<string, readonly string[]>>;
  /** Hash of a list's default. The server shows a default only while the key is not set. */
  readonly defaultHashes: Readonly<Record<string, string>>;
  /** Last written value of each owned key. A refresh updates `settings` to the server's values, but never this. */
  readonly written: Readonly<Record<string, SettingValue>>;
  /** Whether the cluster stores the claim too. Absent in states of 0.1. */
  readonly claim?: ClaimStatus;
  /** Random id of this resource. A later resource of the same name has another one. Absent in states of 0.1. */
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

/** A value as the server stores it: a string or a list of strings. */
export function normalised(value: unknown): SettingValue {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.map(String);
  return String(value);
}
