import { z } from "zod";
import { seconds } from "./values";

/** Deadlines of a resource's operations, in seconds. Pulumi does not pass `customTimeouts` to dynamic resources. */
export interface Timeouts {
  /** Default: 300. */
  readonly createSeconds?: number;
  /** Default: 300. */
  readonly updateSeconds?: number;
  /** Default: 120. */
  readonly deleteSeconds?: number;
}

export const timeoutsSchema = z.strictObject(
  { createSeconds: seconds.optional(), updateSeconds: seconds.optional(), deleteSeconds: seconds.optional() },
  {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? "Allowed: createSeconds, updateSeconds, deleteSeconds."
        : "must be an object such as { createSeconds: 600 }",
  },
);

const DEFAULTS = { createSeconds: 300, updateSeconds: 300, deleteSeconds: 120 } as const;

export function timeoutMilliseconds(timeouts: Timeouts | undefined, operation: keyof Timeouts): number {
  return (timeouts?.[operation] ?? DEFAULTS[operation]) * 1000;
}
