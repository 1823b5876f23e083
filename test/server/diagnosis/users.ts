import { openSearch } from "../../../clients/opensearch/connect";
import { getSecurityObject, patchSecurityObject, putSecurityObject } from "../../../clients/opensearch/security";
import { ROLES, USERS } from "../../../clients/opensearch/security-kinds";
import { Deadline } from "../../../clients/wait";
import { ADMIN_PASSWORD as PASSWORD } from "../../support/opensearch/address";
import type { DoctorWorld } from "../doctor/world";
import { serverOf } from "./acts";
import type { Provocation } from "./provocation";

const soon = () => Deadline.after(30_000);

/** Users and roles, and who may manage them. */
export const USER_PROVOCATIONS: readonly Provocation<DoctorWorld>[] = [
  {
    row: "user-api-rights",
    how: "a role is read by a user who may not use the API",
    kind: "secured",
    run: async (world) => {
      await putSecurityObject(serverOf(world), USERS, "reader", { password: PASSWORD }, soon());
      await getSecurityObject(openSearch({ ...world.connection, username: "reader" }), ROLES, "readall");
    },
    says: "GET /_plugins/_security/api/roles/readall answered 403: No permission to access REST API: User reader with Security roles [own_index] does not have any role privileged for admin access. No client TLS certificate found in request",
  },
  {
    row: "user-password-weak",
    how: "a user is made with a password that everybody has",
    kind: "secured",
    run: async (world) => await putSecurityObject(serverOf(world), USERS, "weak", { password: "Password123!" }, soon()),
    says: "PUT /_plugins/_security/api/internalusers/weak answered 400: Weak password",
  },
  {
    row: "user-password-weak",
    how: "a user is made with his name as the password's beginning",
    kind: "secured",
    run: async (world) =>
      await putSecurityObject(serverOf(world), USERS, "harbour", { password: "Harbour-Quiet-4417" }, soon()),
    says: "PUT /_plugins/_security/api/internalusers/harbour answered 400: Password is similar to user name",
  },
  {
    row: "user-reserved",
    how: "the password of admin is changed by admin",
    kind: "secured",
    run: async (world) => await patchSecurityObject(serverOf(world), USERS, "admin", { password: PASSWORD }, soon()),
    says: "PATCH /_plugins/_security/api/internalusers/admin answered 403: Resource 'admin' is reserved.",
  },
  {
    row: "role-missing",
    how: "a user is given a role that is not there",
    kind: "secured",
    run: async (world) => {
      const user = { password: PASSWORD, securityRoles: ["missing"] };
      await putSecurityObject(serverOf(world), USERS, "roleless", user, soon());
    },
    says: "PUT /_plugins/_security/api/internalusers/roleless answered 404: role 'missing' not found.",
  },
  {
    row: "security-missing",
    how: "a role is read where security is switched off",
    run: async (world) => await getSecurityObject(serverOf(world), ROLES, "readall"),
    says: "GET /_plugins/_security/api/roles/readall answered 400: no handler found for uri [/_plugins/_security/api/roles/readall] and method [GET]",
  },
];
