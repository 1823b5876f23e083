import { z } from "zod";
import { type Connection, connectionSchema } from "../shared/connection";
import type { Owned } from "../shared/ownership";
import { securityName } from "../shared/security-names";
import { type Timeouts, timeoutsSchema } from "../shared/timeouts";
import { isUsername, usernameRule } from "../shared/values";

/** The password of a user who exists. `SecurityPasswordArgs` documents each member. */
export interface SecurityPasswordInputs extends Owned {
  readonly connection: Connection;
  readonly username: string;
  readonly password: string;
  readonly timeouts?: Timeouts;
}

export interface SecurityPasswordState extends SecurityPasswordInputs {
  /** Whether the user can sign in with this password. If `false`, the next update sets it again. */
  readonly inForce: boolean;
  readonly clusterUuid: string;
  readonly schemaVersion: number;
}

export const securityPasswordSchema = z.looseObject({
  connection: connectionSchema,
  username: securityName.refine(isUsername, usernameRule),
  password: z.string("must be text").min(1, "must not be empty"),
  timeouts: timeoutsSchema.optional(),
  owner: z.string().optional(),
});
