import { z } from "zod";

/** Members that users, roles and mappings have in common. */
export interface SecurityObject {
  /** Reserved by the cluster's configuration: the API changes it only for an administrator's client certificate. */
  readonly isReserved: boolean;
  /** Built into the plugin. */
  readonly isStatic: boolean;
  readonly description?: string;
}

/** An internal user as the server shows it: never its password, nor the password's hash. */
export interface UserDocument extends SecurityObject {
  readonly backendRoles: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
  readonly securityRoles: readonly string[];
}

export interface UserFields {
  readonly password?: string;
  readonly description?: string;
  readonly backendRoles?: readonly string[];
  readonly attributes?: Readonly<Record<string, string>>;
  readonly securityRoles?: readonly string[];
}

/** Rights on indices. */
export interface IndexPermission {
  /** Names of indices, with `*`. */
  readonly indexPatterns: readonly string[];
  /** Actions with `*`, such as `indices:data/read/*`, and action groups, such as `read`. */
  readonly allowedActions: readonly string[];
  /** Document-level security: a JSON query; only matching documents are visible. */
  readonly dls?: string;
  /** Field-level security: the visible fields, or the hidden ones, each prefixed with `~`. */
  readonly fls?: readonly string[];
  /** Fields whose values are shown as hashes. */
  readonly maskedFields?: readonly string[];
}

/** Rights on tenants of OpenSearch Dashboards. */
export interface TenantPermission {
  /** Names of tenants, with `*`. */
  readonly tenantPatterns: readonly string[];
  /** `kibana_all_read` or `kibana_all_write`. */
  readonly allowedActions: readonly string[];
}

export interface RoleFields {
  readonly description?: string;
  readonly clusterPermissions?: readonly string[];
  readonly indexPermissions?: readonly IndexPermission[];
  readonly tenantPermissions?: readonly TenantPermission[];
}

export type RoleDocument = SecurityObject & Required<Omit<RoleFields, "description">>;

/** Who has a role. */
export interface MappingFields {
  readonly description?: string;
  readonly users?: readonly string[];
  readonly backendRoles?: readonly string[];
  /** Only users with all of these have the role. */
  readonly andBackendRoles?: readonly string[];
  readonly hosts?: readonly string[];
}

export type MappingDocument = SecurityObject & Required<Omit<MappingFields, "description">>;

/** One kind of object of the security plugin's API. */
export interface SecurityKind<Document extends SecurityObject, Fields> {
  /** Name of the kind for messages, such as `role mapping`. */
  readonly word: string;
  readonly path: string;
  readonly answer: z.ZodType<Readonly<Record<string, Document>>>;
  readonly wire: (fields: Fields) => Readonly<Record<string, unknown>>;
}

const texts = z.array(z.string()).default([]);
const held = {
  reserved: z.boolean().default(false),
  static: z.boolean().default(false),
  description: z.string().nullish(),
};
const heldOf = (found: { reserved: boolean; static: boolean; description?: string | null }): SecurityObject => ({
  isReserved: found.reserved,
  isStatic: found.static,
  ...(found.description ? { description: found.description } : {}),
});

export const USERS: SecurityKind<UserDocument, UserFields> = {
  word: "user",
  path: "internalusers",
  answer: z.record(
    z.string(),
    z
      .object({
        ...held,
        backend_roles: texts,
        attributes: z.record(z.string(), z.string()).default({}),
        opendistro_security_roles: texts,
      })
      .transform((user) => ({
        ...heldOf(user),
        backendRoles: user.backend_roles,
        attributes: user.attributes,
        securityRoles: user.opendistro_security_roles,
      })),
  ),
  wire: ({ password, description, backendRoles, attributes, securityRoles }) => ({
    password,
    description,
    backend_roles: backendRoles,
    attributes,
    opendistro_security_roles: securityRoles,
  }),
};

const indexPermission = z
  .object({
    index_patterns: texts,
    allowed_actions: texts,
    dls: z.string().nullish(),
    fls: texts,
    masked_fields: texts.nullish(),
  })
  .transform(
    (found): IndexPermission => ({
      indexPatterns: found.index_patterns,
      allowedActions: found.allowed_actions,
      ...(found.dls ? { dls: found.dls } : {}),
      ...(found.fls.length > 0 ? { fls: found.fls } : {}),
      ...(found.masked_fields?.length ? { maskedFields: found.masked_fields } : {}),
    }),
  );

const tenantPermission = z.object({ tenant_patterns: texts, allowed_actions: texts }).transform(
  (found): TenantPermission => ({
    tenantPatterns: found.tenant_patterns,
    allowedActions: found.allowed_actions,
  }),
);

export const ROLES: SecurityKind<RoleDocument, RoleFields> = {
  word: "role",
  path: "roles",
  answer: z.record(
    z.string(),
    z
      .object({
        ...held,
        cluster_permissions: texts,
        index_permissions: z.array(indexPermission).default([]),
        tenant_permissions: z.array(tenantPermission).default([]),
      })
      .transform((role) => ({
        ...heldOf(role),
        clusterPermissions: role.cluster_permissions,
        indexPermissions: role.index_permissions,
        tenantPermissions: role.tenant_permissions,
      })),
  ),
  wire: ({ description, clusterPermissions, indexPermissions, tenantPermissions }) => ({
    description,
    cluster_permissions: clusterPermissions,
    index_permissions: indexPermissions?.map(({ indexPatterns, allowedActions, dls, fls, maskedFields }) => ({
      index_patterns: indexPatterns,
      allowed_actions: allowedActions,
      dls,
      fls,
      masked_fields: maskedFields,
    })),
    tenant_permissions: tenantPermissions?.map(({ tenantPatterns, allowedActions }) => ({
      tenant_patterns: tenantPatterns,
      allowed_actions: allowedActions,
    })),
  }),
};

export const MAPPINGS: SecurityKind<MappingDocument, MappingFields> = {
  word: "role mapping",
  path: "rolesmapping",
  answer: z.record(
    z.string(),
    z
      .object({ ...held, users: texts, backend_roles: texts, and_backend_roles: texts, hosts: texts })
      .transform((mapping) => ({
        ...heldOf(mapping),
        users: mapping.users,
        backendRoles: mapping.backend_roles,
        andBackendRoles: mapping.and_backend_roles,
        hosts: mapping.hosts,
      })),
  ),
  wire: ({ description, users, backendRoles, andBackendRoles, hosts }) => ({
    description,
    users,
    backend_roles: backendRoles,
    and_backend_roles: andBackendRoles,
    hosts,
  }),
};
