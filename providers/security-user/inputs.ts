import { z } from "zod";
import { type Connection, connectionSchema } from "../shared/connection";
import type { Owned } from "../shared/ownership";
import { namesSchema, securityName } from "../shared/security-names";
import { type Timeouts, timeoutsSchema } from "../shared/timeouts";
import { isUsername } from "../shared/values";

/** What the program says of a user. */
export interface SecurityUserInputs extends Owned {
  readonly connection: Connection;
  /** Made from the resource's name and a hash of its owner when the program gives none. */
  readonly name: string;
  /** Made once when the program gives none. */
  readonly password?: string;
  readonly description?: string;
  readonly backendRoles?: readonly string[];
  readonly securityRoles?: readonly string[];
  readonly attributes?: Readonly<Record<string, string>>;
  readonly adoptExisting?: boolean;
  readonly timeouts?: Timeouts;
}

/** What is kept of a user. */
export interface SecurityUserState extends SecurityUserInputs {
  /** The one in force, as far as it was set here. */
  readonly password: string;
  /** Whether the program gave it, or it was made here. */
  readonly isPasswordGiven: boolean;
  readonly clusterUuid: string;
  /** Tells this user from one that a later resource of the same owner took over. */
  readonly instance: string;
  readonly schemaVersion: number;
}

export const securityUserSchema = z.looseObject({
  connection: connectionSchema,
  name: securityName
    .refine(isUsername, "must hold no colon: it ends the name in the header of basic authentication")
    .optional(),
  password: z.string("must be text").min(1, "must not be empty; leave it out to have one made").optional(),
  description: z.string("must be text").trim().min(1, "must not be blank").optional(),
  backendRoles: namesSchema("backend roles").optional(),
  securityRoles: namesSchema("roles").optional(),
  attributes: z.record(z.string(), z.string("must be text"), "must be an object of texts").optional(),
  adoptExisting: z.boolean("must be true or false").optional(),
  timeouts: timeoutsSchema.optional(),
  owner: z.string().optional(),
});
