import { z } from "zod";
import { SAFE_TEXT, safeTextRule } from "../auto-name";
import { type Connection, connectionSchema } from "../connection";
import type { Owned } from "../ownership";
import { type Timeouts, timeoutsSchema } from "../timeouts";

/** Who may use the models of a group, where model access control is on. */
export const AccessMode = {
  /** Everybody who may use the cluster's models. */
  public: "public",
  /** Who made it, and administrators. */
  private: "private",
  /** Members of its backend roles. */
  restricted: "restricted",
} as const;

/** What the program says of a model group. */
export interface ModelGroupInputs extends Owned {
  readonly connection: Connection;
  /** Made from the resource's name and a hash of its owner when the program gives none. */
  readonly name: string;
  readonly description?: string;
  readonly accessMode?: string;
  readonly backendRoles?: readonly string[];
  readonly addAllBackendRoles?: boolean;
  readonly adoptExisting?: boolean;
  readonly timeouts?: Timeouts;
}

/** What is kept of a model group. */
export interface ModelGroupState extends ModelGroupInputs {
  readonly clusterUuid: string;
  /** Tells this object from one that a later resource of the same owner took over. Absent in states up to 0.2. */
  readonly instance?: string;
  readonly schemaVersion: number;
}

const accessRule = `must be one of ${Object.values(AccessMode).join(", ")}`;

export const modelGroupSchema = z.looseObject({
  connection: connectionSchema,
  name: z.string("must be text").trim().min(1, "must not be empty").regex(SAFE_TEXT, safeTextRule).optional(),
  description: z
    .string("must be text")
    .trim()
    .min(1, "must not be blank: the server ignores a blank description, so it could never be cleared")
    .regex(SAFE_TEXT, safeTextRule)
    .optional(),
  accessMode: z.enum(Object.values(AccessMode), accessRule).optional(),
  backendRoles: z.array(z.string("must be text"), "must be a list of role names").optional(),
  addAllBackendRoles: z.boolean("must be true or false").optional(),
  adoptExisting: z.boolean("must be true or false").optional(),
  timeouts: timeoutsSchema.optional(),
  owner: z.string().optional(),
});
