import { z } from "zod";
import { ServerError } from "../errors";
import type { Deadline } from "../wait";
import { anyObject } from "./answers";
import { orMissing } from "./refusal";
import { type OpenSearchServer, path } from "./server";

/** What the security plugin keeps of each user, role and mapping besides its rights. */
export interface Held {
  /** Named in the server's configuration as not to be changed by the API. */
  readonly isReserved: boolean;
  /** Built into the plugin. */
  readonly isStatic: boolean;
  readonly description?: string;
}

/** An internal user as the server shows it: never its password, nor the password's hash. */
export interface UserDocument extends Held {
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
  /** Document-level security: a query in JSON that a document must meet to be seen. */
  readonly dls?: string;
  /** Field-level security: the fields that are seen, or those that are not, each with `~` before it. */
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

export type RoleDocument = Held & Required<Omit<RoleFields, "description">>;

/** Who has a role. */
export interface MappingFields {
  readonly description?: string;
  readonly users?: readonly string[];
  readonly backendRoles?: readonly string[];
  /** Somebody needs all of these to have the role. */
  readonly andBackendRoles?: readonly string[];
  readonly hosts?: readonly string[];
}

export type MappingDocument = Held & Required<Omit<MappingFields, "description">>;

/** One kind of object of the security plugin's API. */
export interface SecurityKind<Document extends Held, Fields> {
  /** What people call it. */
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
const heldOf = (found: { reserved: boolean; static: boolean; description?: string | null }): Held => ({
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

const API = "/_plugins/_security/api";
const pathOf = ({ path: kind }: { readonly path: string }, name: string) => `${API}/${kind}/${path`${name}`}`;

/** The object of this name; `undefined` if there is none, or one that is hidden. */
export async function getSecured<D extends Held, F>(
  server: OpenSearchServer,
  kind: SecurityKind<D, F>,
  name: string,
): Promise<D | undefined> {
  const call = server.call({ method: "GET", path: pathOf(kind, name), answer: kind.answer, repeatable: true });
  return (await orMissing(call))?.[name];
}

/** All objects of a kind that are not hidden, by name. */
export async function listSecured<D extends Held, F>(
  server: OpenSearchServer,
  kind: SecurityKind<D, F>,
): Promise<Readonly<Record<string, D>>> {
  return await server.call({ method: "GET", path: `${API}/${kind.path}`, answer: kind.answer, repeatable: true });
}

/** Makes an object, or replaces it as a whole; only a user's password stays where none is given. */
export async function putSecured<D extends Held, F>(
  server: OpenSearchServer,
  kind: SecurityKind<D, F>,
  name: string,
  fields: F,
  deadline: Deadline,
): Promise<void> {
  await server.call({
    method: "PUT",
    path: pathOf(kind, name),
    body: kind.wire(fields),
    answer: anyObject,
    repeatable: true,
    // All objects of a kind are one document, so that whoever writes at the same time makes a version conflict.
    retry: { deadline },
  });
}

/** Changes the given fields of an object, and no others. */
export async function patchSecured<D extends Held, F>(
  server: OpenSearchServer,
  kind: SecurityKind<D, F>,
  name: string,
  fields: F,
  deadline: Deadline,
): Promise<void> {
  const entries = Object.entries(kind.wire(fields)).filter(([, value]) => value !== undefined);
  await patch(
    server,
    pathOf(kind, name),
    entries.map(([field, value]) => ({ op: "add", path: `/${field}`, value })),
    deadline,
  );
}

export type MappingList = "users" | "backendRoles" | "andBackendRoles" | "hosts";

/** Adds entries to lists of a mapping that hold some already, whatever others add to them at the same time. */
export async function addToMapping(
  server: OpenSearchServer,
  name: string,
  added: Readonly<Partial<Record<MappingList, readonly string[]>>>,
  deadline: Deadline,
): Promise<void> {
  const operations = Object.entries(MAPPINGS.wire(added)).flatMap(([field, entries]) =>
    ((entries ?? []) as readonly string[]).map((value) => ({ op: "add", path: `/${field}/-`, value })),
  );
  // Sent twice, it would add them twice.
  await patch(server, pathOf(MAPPINGS, name), operations, deadline, false);
}

async function patch(
  server: OpenSearchServer,
  at: string,
  body: readonly object[],
  deadline: Deadline,
  repeatable = true,
): Promise<void> {
  await server.call({ method: "PATCH", path: at, body, answer: anyObject, repeatable, retry: { deadline } });
}

/** Deletes an object; one that is not there counts as deleted. */
export async function deleteSecured<D extends Held, F>(
  server: OpenSearchServer,
  kind: SecurityKind<D, F>,
  name: string,
  deadline: Deadline,
): Promise<void> {
  const call = server.call({
    method: "DELETE",
    path: pathOf(kind, name),
    answer: anyObject,
    repeatable: true,
    retry: { deadline },
  });
  await orMissing(call);
}

const HIDDEN = /^Resource .* is not available\.$/;

/** Whether an object was not made since a hidden one has its name: it is shown to nobody, and only its name is refused. */
export function isHidden(error: unknown): error is ServerError {
  return error instanceof ServerError && error.status === 404 && HIDDEN.test(error.reason);
}
