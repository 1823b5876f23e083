import { z } from "zod";
import type { IndexPermission, TenantPermission } from "../../clients/opensearch/security-kinds";
import { type Connection, connectionSchema } from "../shared/connection";
import type { Owned } from "../shared/ownership";
import { securityName } from "../shared/security-names";
import { type Timeouts, timeoutsSchema } from "../shared/timeouts";

export type { IndexPermission, TenantPermission } from "../../clients/opensearch/security-kinds";

/** What the program says of a role. */
export interface SecurityRoleInputs extends Owned {
  readonly connection: Connection;
  /** Made from the resource's name and a hash of its owner when the program gives none. */
  readonly name: string;
  readonly description?: string;
  readonly clusterPermissions?: readonly string[];
  readonly indexPermissions?: readonly IndexPermission[];
  readonly tenantPermissions?: readonly TenantPermission[];
  readonly adoptExisting?: boolean;
  readonly forceDelete?: boolean;
  readonly timeouts?: Timeouts;
}

/** What is kept of a role. */
export interface SecurityRoleState extends SecurityRoleInputs {
  readonly clusterUuid: string;
  /** Tells this role from one that a later resource of the same owner took over. */
  readonly instance: string;
  readonly schemaVersion: number;
}

const actionRule =
  "must be an action or its pattern, such as indices:data/read/*, or an action group, such as read; without blanks and commas";
const actions = z.array(z.string(actionRule).regex(/^[^\s,]+$/, actionRule), "must be a list of actions");

const patternRule = "must be a name or a pattern, such as logs-*; without blanks and commas, one in each entry";
const patterns = z
  .array(z.string(patternRule).regex(/^[^\s,]+$/, patternRule), "must be a list of patterns")
  .min(1, "must hold one pattern at least: without one nothing is granted");

const fieldRule = "must be the name of a field, or its pattern";
const fields = z.array(z.string(fieldRule).regex(/^\S+$/, fieldRule), "must be a list of fields");

const dlsRule =
  'must be a query in JSON, such as {"term":{"team":"sea"}}: the server takes any text, and then refuses every search';
const dls = z.string(dlsRule).refine((text) => text.includes("${") || isJsonObject(text), dlsRule);

function isJsonObject(text: string): boolean {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed);
  } catch {
    return false;
  }
}

const only = (allowed: string, example: string) => ({
  error: (issue: { readonly code?: string }) =>
    issue.code === "unrecognized_keys" ? `Allowed: ${allowed}.` : `must be an object such as ${example}`,
});

export const securityRoleSchema = z.looseObject({
  connection: connectionSchema,
  name: securityName.optional(),
  description: z.string("must be text").trim().min(1, "must not be blank").optional(),
  clusterPermissions: actions.optional(),
  indexPermissions: z
    .array(
      z.strictObject(
        {
          indexPatterns: patterns,
          allowedActions: actions,
          dls: dls.optional(),
          fls: fields.optional(),
          maskedFields: fields.optional(),
        },
        only(
          "indexPatterns, allowedActions, dls, fls, maskedFields",
          '{ indexPatterns: ["logs-*"], allowedActions: ["read"] }',
        ),
      ),
      "must be a list of permissions",
    )
    .optional(),
  tenantPermissions: z
    .array(
      z.strictObject(
        { tenantPatterns: patterns, allowedActions: actions },
        only("tenantPatterns, allowedActions", '{ tenantPatterns: ["sea"], allowedActions: ["kibana_all_read"] }'),
      ),
      "must be a list of permissions",
    )
    .optional(),
  adoptExisting: z.boolean("must be true or false").optional(),
  forceDelete: z.boolean("must be true or false").optional(),
  timeouts: timeoutsSchema.optional(),
  owner: z.string().optional(),
});
