import type { Symptom } from "../symptom";

/** Users, roles and mappings of the security plugin. */
export const USERS: readonly Symptom[] = [
  {
    id: "user-api-rights",
    shows: "403: No permission to access REST API: User reader ... does not have any role privileged for admin access",
    signs: [{ statuses: [403], says: /No permission to access REST API/ }],
    cause: "The user of the connection may not use the API of the security plugin.",
    fix: "Give the user the role security_rest_api_access, or another that plugins.security.restapi.roles_enabled names.",
  },
  {
    id: "user-password-weak",
    shows: "400: Weak password",
    signs: [
      {
        statuses: [400],
        says: /Weak password|Password is similar to user name|Password is too short|Password is too long|Password does not match validation regex/,
      },
    ],
    source:
      "Password is too short, Password is too long, Password does not match validation regex: security 3.6.0.0, dlic/rest/validation/RequestContentValidator.java",
    cause: "The password is too easy to guess, too short, too long or too similar to the user's name.",
    fix: "Use a longer password of uncommon words. A SecurityUser without a password generates one.",
  },
  {
    id: "user-reserved",
    shows: "403: Resource 'admin' is reserved.",
    signs: [{ statuses: [403], says: /Resource '.*' is reserved/ }],
    cause:
      "The cluster's configuration reserves this user, role or mapping, as the official image does with admin. Only an administrator's client certificate may change it.",
    fix: "Add clientCertificate and clientKey to the connection. The certificate's subject must be listed in plugins.security.authcz.admin_dn.",
  },
  {
    id: "role-missing",
    shows: "404: role 'readers' not found.",
    signs: [{ statuses: [404], says: /role '.*' not found/ }],
    cause: "There is no role of this name on the cluster, or it is hidden.",
    fix: "Correct the name, or make the role first: a SecurityRole, and refer to it by its .id.",
  },
  {
    id: "security-missing",
    shows: "400: no handler found for uri [/_plugins/_security/api/roles/readers] and method [GET]",
    signs: [{ says: /no handler found for uri \[\/_plugins\/_security\// }],
    cause: "The cluster has no security plugin, or it is switched off, so there are no users and roles.",
    fix: "Leave the security resources out (of a stack: opensearch.predictUser: false), or have a cluster with the security plugin: a stack's own OpenSearch has it.",
  },
];
