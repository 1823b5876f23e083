import { z } from "zod";
import { safeText } from "../shared/auto-name";
import { type Connection, connectionSchema } from "../shared/connection";
import type { Owned } from "../shared/ownership";
import { type Timeouts, timeoutsSchema } from "../shared/timeouts";
import { isUnknown } from "../shared/unknown";

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
 * What the server says of access, and only when it is told: only a restricted group has roles, it needs them or all of
 * one's own, and not both (`MLModelGroupManager`, the same from 2.11 to 3.8).
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

/** Access as it is sent: no roles and `false` say nothing, and the server refuses them where access control is off. */
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
