import { describe, expect, it } from "vitest";
import { securityRoleLifecycle } from "../../../providers/security-role/lifecycle";
import { securityRoleMappingLifecycle } from "../../../providers/security-role-mapping/lifecycle";
import { securityUserLifecycle } from "../../../providers/security-user/lifecycle";
import { UNKNOWN } from "../../../providers/shared/unknown";

const connection = { endpoint: "https://localhost:9200" };
const NAME =
  'must be 1 to 200 characters without control characters, without blanks at its ends, and neither "." nor ".."';
const ACTION =
  "must be an action or its pattern, such as indices:data/read/*, or an action group, such as read; without blanks and commas";
const PATTERN = "must be a name or a pattern, such as logs-*; without blanks and commas, one in each entry";
const DLS =
  'must be a query in JSON, such as {"term":{"team":"sea"}}: the server takes any text, and then refuses every search';

const index = (more: object) => ({ indexPermissions: [{ indexPatterns: ["a"], allowedActions: ["read"], ...more }] });

describe("check", () => {
  it.each([
    [{ name: ".." }, `name is "..": ${NAME}`],
    [{ name: " a" }, `name is " a": ${NAME}`],
    [{ name: "a\nb" }, `name is "a\\nb": ${NAME}`],
    [
      { name: "user:password" },
      'name is "user:password": must hold no colon: it ends the name in the header of basic authentication',
    ],
    [{ password: "" }, "password is empty: must not be empty; leave it out to have one made"],
    [{ password: 4417 }, "password is [secret]: must be text"],
    [{ backendRoles: ["a", " "] }, 'backendRoles.1 is " ": must not be blank'],
    [{ securityRoles: "a" }, 'securityRoles is "a": must be a list of roles'],
    [{ attributes: { a: 1 } }, "attributes.a is 1: must be text"],
    [{ description: " " }, 'description is " ": must not be blank'],
  ])("of a user refuses %j", (more, reason) => {
    const { failures } = securityUserLifecycle.check({ connection, ...more }, {});
    expect(failures.map((each) => each.reason)).toEqual([reason]);
  });

  it.each([
    [{ clusterPermissions: ["a b"] }, `clusterPermissions.0 is "a b": ${ACTION}`],
    [{ clusterPermissions: ["a,b"] }, `clusterPermissions.0 is "a,b": ${ACTION}`],
    [index({ indexPatterns: ["a, b"] }), `indexPermissions.0.indexPatterns.0 is "a, b": ${PATTERN}`],
    [
      index({ indexPatterns: [] }),
      "indexPermissions.0.indexPatterns is []: must hold one pattern at least: without one nothing is granted",
    ],
    [index({ dls: "{bad" }), `indexPermissions.0.dls is "{bad": ${DLS}`],
    [
      index({ allowed_actions: [] }),
      "indexPermissions.0.allowed_actions is not an input. Allowed: indexPatterns, allowedActions, dls, fls, maskedFields.",
    ],
    [
      { tenantPermissions: ["a"] },
      'tenantPermissions.0 is "a": must be an object such as { tenantPatterns: ["sea"], allowedActions: ["kibana_all_read"] }',
    ],
  ])("of a role refuses %j", (more, reason) => {
    const { failures } = securityRoleLifecycle.check({ connection, ...more }, {});
    expect(failures.map((each) => each.reason)).toEqual([reason]);
  });

  it.each([
    [{ users: ["a"] }, `role is missing: must be text`],
    [{ role: "r" }, "users, backendRoles, andBackendRoles, hosts are all empty or missing: one entry is needed."],
    [{ role: "r", users: ["a"], mode: "share" }, 'mode is "share": must be one of contribute, own'],
    [
      { role: "r", andBackendRoles: ["a"] },
      'andBackendRoles is given, and mode is "contribute": one more would take the role from those who lack it, so it needs mode "own".',
    ],
    [
      { role: "r", users: ["a"], adoptExisting: true },
      'adoptExisting is true, and mode is "contribute", which adds to a mapping that is there anyway: leave it out.',
    ],
  ])("of a mapping refuses %j", (more, reason) => {
    const { failures } = securityRoleMappingLifecycle.check({ connection, ...more }, {});
    expect(failures.map((each) => each.reason)).toEqual([reason]);
  });

  it("lets what is not known yet pass", () => {
    const { failures } = securityRoleMappingLifecycle.check({ connection, role: UNKNOWN, users: UNKNOWN }, {});
    expect(failures).toEqual([]);
    const { inputs } = securityUserLifecycle.check({ connection, owner: UNKNOWN, password: UNKNOWN }, {});
    expect(inputs).toMatchObject({ password: UNKNOWN });
  });
});
