import { z } from "zod";
import { safeText } from "../shared/auto-name";
import { type Connection, connectionSchema } from "../shared/connection";
import type { Owned } from "../shared/ownership";
import { type Timeouts, timeoutsSchema } from "../shared/timeouts";
import { isUnknown } from "../shared/unknown";

/** Who may use the models of a group. Applies only if model access control is on. */
export const AccessMode = {
  /** Everybody who may use the cluster's models. */
  public: "public",
  /** Its creator and administrators. */
  private: "private",
  /** Users with one of its backend roles. */
  restricted: "restricted",
} as const;

/** Inputs of a model group. */
export interface ModelGroupInputs extends Owned {
  readonly connection: Connection;
  /** Generated from the resource's name and a hash of its owner if the program gives none. */
  readonly name: string;
  readonly description?: string;
  readonly accessMode?: string;
  readonly backendRoles?: readonly string[];
  readonly addAllBackendRoles?: boolean;
  readonly adoptExisting?: boolean;
  readonly timeouts?: Timeouts;
}

/** State of a model group. */
export interface ModelGroupState extends ModelGroupInputs {
  readonly clusterUuid: string;
  /** Differs from the instance on the server once a later resource took the group over. Absent in states up to 0.2. */
  readonly instance?: string;
  readonly schemaVersion: number;
}

const accessRule = `must be one of ${Object.values(AccessMode).join(", ")}`;

export const modelGroupSchema = z.looseObject({
  connection: connectionSchema,
  name: safeText("must not be empty").optional(),
  description: safeText(
    "must not be blank: the server ignores a blank description, so it could never be cleared",
  ).optional(),
  accessMode: z.enum(Object.values(AccessMode), accessRule).optional(),
  backendRoles: z
    .array(
      z.string("must be text").refine((role) => role.trim() !== "", "must not be blank"),
      "must be a list of role names",
    )
    .optional(),
  addAllBackendRoles: z.boolean("must be true or false").optional(),
  adoptExisting: z.boolean("must be true or false").optional(),
  timeouts: timeoutsSchema.optional(),
  owner: z.string().optional(),
});

type Loose = Readonly<Record<string, unknown>>;

/**
 * Contradictory access inputs. The server has the same rules, but `check` finds them in previews: only a restricted
 * group has roles, and it needs either a list or all of the user's own (`MLModelGroupManager`, unchanged from 2.11 to
 * 3.8).
 */
export function contradictions(news: Loose): { property: string; reason: string }[] {
  const { accessMode, backendRoles, addAllBackendRoles } = news;
  if ([accessMode, backendRoles, addAllBackendRoles].some(isUnknown)) return [];
  const hasRoles = Array.isArray(backendRoles) && backendRoles.length > 0;
  const all = addAllBackendRoles === true;
  if (hasRoles && all) {
    const reason = "backendRoles is given, and addAllBackendRoles is true: give one of them, or leave both out.";
    return [{ property: "backendRoles", reason }];
  }
  if (accessMode === AccessMode.restricted && !hasRoles && !all) {
    const reason = `accessMode is "restricted": needs backendRoles with one role at least, or addAllBackendRoles: true.`;
    return [{ property: "accessMode", reason }];
  }
  if ((accessMode === AccessMode.public || accessMode === AccessMode.private) && (hasRoles || all)) {
    const property = hasRoles ? "backendRoles" : "addAllBackendRoles";
    const reason = `${property} is given, and accessMode is "${accessMode}": only a group with accessMode "restricted" has roles.`;
    return [{ property, reason }];
  }
  return [];
}

/**
 * The access fields to send. Empty roles and `false` are left out: the server refuses them while access control is off.
 */
export function accessOf(
  inputs: ModelGroupInputs,
): Pick<ModelGroupInputs, "accessMode" | "backendRoles" | "addAllBackendRoles"> {
  const { accessMode, backendRoles, addAllBackendRoles } = inputs;
  return {
    ...(accessMode === undefined ? {} : { accessMode }),
    ...(backendRoles === undefined || backendRoles.length === 0 ? {} : { backendRoles }),
    ...(addAllBackendRoles === true ? { addAllBackendRoles } : {}),
  };
}
