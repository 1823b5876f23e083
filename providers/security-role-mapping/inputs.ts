import { z } from "zod";
import type { MappingList } from "../../clients/opensearch/security";
import { type Connection, connectionSchema } from "../shared/connection";
import type { Owned } from "../shared/ownership";
import { namesSchema, securityName } from "../shared/security-names";
import { type Timeouts, timeoutsSchema } from "../shared/timeouts";
import { isUnknown } from "../shared/unknown";

/** Whether the whole mapping is the resource's, or only the entries that it added. */
export const MappingMode = {
  /** Only the entries that this resource added are. */
  contribute: "contribute",
  /** All that gives the role to somebody is this resource's. */
  own: "own",
} as const;

/** Entries of a mapping by list. */
export type MappingEntries = Readonly<Record<MappingList, readonly string[]>>;

export const LISTS = ["users", "backendRoles", "andBackendRoles", "hosts"] as const satisfies readonly MappingList[];

/** What the program says of who has a role. */
export interface SecurityRoleMappingInputs extends Owned {
  readonly connection: Connection;
  /** The role, by whose name the mapping goes. */
  readonly role: string;
  readonly users?: readonly string[];
  readonly backendRoles?: readonly string[];
  readonly andBackendRoles?: readonly string[];
  readonly hosts?: readonly string[];
  readonly mode?: string;
  readonly adoptExisting?: boolean;
  readonly timeouts?: Timeouts;
}

/** What is kept of a mapping. */
export interface SecurityRoleMappingState extends SecurityRoleMappingInputs {
  /** The entries that were not there before; with mode `own`, all. */
  readonly contributed: MappingEntries;
  readonly clusterUuid: string;
  /** Tells this resource from a later one of the same owner. */
  readonly instance: string;
  readonly schemaVersion: number;
}

export const modeOf = ({ mode }: { readonly mode?: string }): string => mode ?? MappingMode.contribute;

export const securityRoleMappingSchema = z.looseObject({
  connection: connectionSchema,
  role: securityName,
  users: namesSchema("users").optional(),
  backendRoles: namesSchema("backend roles").optional(),
  andBackendRoles: namesSchema("backend roles").optional(),
  hosts: namesSchema("hosts").optional(),
  mode: z.enum(Object.values(MappingMode), `must be one of ${Object.values(MappingMode).join(", ")}`).optional(),
  adoptExisting: z.boolean("must be true or false").optional(),
  timeouts: timeoutsSchema.optional(),
  owner: z.string().optional(),
});

type Loose = Readonly<Record<string, unknown>>;

/** Inputs that are right on their own and wrong together. */
export function contradictions(news: Loose): { property: string; reason: string }[] {
  const given = LISTS.filter((list) => isUnknown(news[list]) || (Array.isArray(news[list]) && news[list].length > 0));
  if (given.length === 0) {
    const reason = `${LISTS.join(", ")} are all empty or missing: one entry is needed.`;
    return [{ property: "users", reason }];
  }
  if (isUnknown(news.mode) || news.mode === MappingMode.own) return [];
  if (given.includes("andBackendRoles")) {
    const reason =
      'andBackendRoles is given, and mode is "contribute": one more would take the role from those who lack it, so it needs mode "own".';
    return [{ property: "andBackendRoles", reason }];
  }
  if (news.adoptExisting === true) {
    const reason =
      'adoptExisting is true, and mode is "contribute", which adds to a mapping that is there anyway: leave it out.';
    return [{ property: "adoptExisting", reason }];
  }
  return [];
}

/** All lists of a mapping, those that are left out empty. */
export function entriesOf(given: Partial<MappingEntries>): MappingEntries {
  const { users = [], backendRoles = [], andBackendRoles = [], hosts = [] } = given;
  return { users, backendRoles, andBackendRoles, hosts };
}

/** A mapping's lists, each made by a function of its name. */
export function mapLists(make: (list: MappingList) => readonly string[]): MappingEntries {
  return {
    users: make("users"),
    backendRoles: make("backendRoles"),
    andBackendRoles: make("andBackendRoles"),
    hosts: make("hosts"),
  };
}

export const isEmpty = (entries: MappingEntries): boolean => LISTS.every((list) => entries[list].length === 0);
