import { afterEach, describe, expect, it } from "vitest";
import { securityRoleLifecycle as lifecycle } from "../../providers/security-role/lifecycle";
import { created, eachInItsOwnWorld, failureOf, PASSWORD, updated } from "./lifecycle-support";
import { forgetUsers, owned, SECURITY, shown } from "./security-support";

const world = eachInItsOwnWorld({ kind: "secured" });
afterEach(() => forgetUsers(world()));

const role = (more: object = {}) => owned(world(), "SecurityRole", "r", more);
const put = (kind: string, name: string, body: object) => world().api("PUT", `${SECURITY}/${kind}/${name}`, body);
const see = (name: string) => shown(world(), "roles", name);

const RIGHTS = {
  clusterPermissions: ["cluster_monitor", "cluster:admin/opensearch/ml/predict"],
  indexPermissions: [
    { indexPatterns: ["logs-*"], allowedActions: ["read", "indices:admin/get"], dls: '{"term":{"team":"sea"}}' },
    { indexPatterns: ["people"], allowedActions: ["read"], fls: ["~salary"], maskedFields: ["name"] },
  ],
  tenantPermissions: [{ tenantPatterns: ["sea"], allowedActions: ["kibana_all_read"] }],
};

describe("a role", () => {
  it("is made with all that it can hold, read without a difference, and changed in place", async () => {
    const made = await created(lifecycle, role(RIGHTS));
    expect(made.id).toMatch(/^r-[0-9a-f]{8}$/);
    expect(await see(made.id)).toMatchObject({
      cluster_permissions: RIGHTS.clusterPermissions,
      index_permissions: [
        { index_patterns: ["logs-*"], allowed_actions: ["read", "indices:admin/get"], dls: '{"term":{"team":"sea"}}' },
        { index_patterns: ["people"], fls: ["~salary"], masked_fields: ["name"] },
      ],
      tenant_permissions: [{ tenant_patterns: ["sea"], allowed_actions: ["kibana_all_read"] }],
      description: expect.stringMatching(/^Managed by Pulumi: r of chat\/dev \(Pulumi [\da-f/]+\)$/),
    });
    expect(await lifecycle.read(made.id, made.state)).toStrictEqual({ state: made.state, inputs: made.inputs });
    const turned = { ...RIGHTS, clusterPermissions: [...RIGHTS.clusterPermissions].reverse() };
    expect((await updated(lifecycle, made, role(turned))).changes).toBe(false);
    const later = await updated(
      lifecycle,
      made,
      role({ clusterPermissions: ["cluster_monitor"], description: "second" }),
    );
    expect([later.changes, later.replaces]).toEqual([true, []]);
    expect(await see(made.id)).toMatchObject({
      cluster_permissions: ["cluster_monitor"],
      index_permissions: [],
      tenant_permissions: [],
      description: expect.stringMatching(/^second \(Pulumi [\da-f/]+\)$/),
    });
    expect(await lifecycle.read(made.id, later.state)).toStrictEqual({ state: later.state, inputs: later.inputs });
    expect(lifecycle.diff(made.id, later.state, { ...later.inputs, name: "t-other" }).replaces).toEqual(["name"]);
    await lifecycle.delete(made.id, later.state);
    await lifecycle.delete(made.id, later.state);
    expect(await lifecycle.read(made.id, later.state)).toBeUndefined();
  });

  it("that somebody changed shows in what the program set, and the next update puts that alone right", async () => {
    const made = await created(lifecycle, role({ name: "t-role", clusterPermissions: ["cluster_monitor"] }));
    const theirs = [{ index_patterns: ["theirs"], allowed_actions: ["read"] }];
    await put("roles", "t-role", { cluster_permissions: ["*"], index_permissions: theirs });
    const found = await lifecycle.read("t-role", made.state);
    expect(found?.inputs).toStrictEqual({ ...made.inputs, clusterPermissions: ["*"] });
    await updated(lifecycle, { ...made, state: found?.state ?? made.state }, made.inputs);
    expect(await see("t-role")).toMatchObject({
      cluster_permissions: ["cluster_monitor"],
      index_permissions: theirs,
    });
  });

  it.each([
    ["all_access", "static", "It is built into the security plugin, which changes it for nobody."],
    [
      "observability_read_access",
      "reserved",
      "The server's own configuration reserves it, so that the API changes it for nobody but the holder of the admin certificate.",
    ],
  ])("that the server keeps for itself is refused: %s is %s", async (name, how, cause) => {
    const failure = await failureOf(created(lifecycle, role({ name, adoptExisting: true })));
    expect(failure.message).toBe(
      [
        `SecurityRole "r": create failed: The role "${name}" is ${how}.`,
        `  cause: ${cause}`,
        "  fix: Give another name.",
      ].join("\n"),
    );
  });

  it("of a name that is taken is refused, left as it is, and taken over if the program says so", async () => {
    await put("roles", "t-role", { cluster_permissions: ["theirs"] });
    const failure = await failureOf(created(lifecycle, role({ name: "t-role", clusterPermissions: ["ours"] })));
    expect(failure.message.split("\n")[0]).toBe(
      'SecurityRole "r": create failed: There is a role "t-role" already, and this resource did not make it.',
    );
    expect(await see("t-role")).toMatchObject({ cluster_permissions: ["theirs"] });
    await created(lifecycle, role({ name: "t-role", clusterPermissions: ["ours"], adoptExisting: true }));
    expect(await see("t-role")).toMatchObject({ cluster_permissions: ["ours"] });
  });

  it("of two stacks that make it at once is one's, and the other is told", async () => {
    const path = `${SECURITY}/roles/t-role`;
    const theirs = { connection: world().connection, owner: "urn:pulumi:prod::chat::x::r", name: "t-role" };
    // The other one writes after ours was sent, and before ours is looked at.
    const act = async () =>
      void (await put("roles", "t-role", { description: "theirs (Pulumi 0badc0de/0123456789ab/0123456789ab)" }));
    world().cluster.faults.add({ match: { method: "GET", path }, nth: 2, action: { kind: "before", act } });
    const failure = await failureOf(created(lifecycle, { ...theirs, owner: role().owner }));
    expect(failure.message.split("\n")[0]).toBe(
      'SecurityRole "r": create failed: There is a role "t-role" already, and this resource did not make it.',
    );
  });

  it("that an interrupted run left is taken over as the program says by now", async () => {
    await created(lifecycle, role({ name: "t-role", clusterPermissions: ["first"] }));
    const second = await created(lifecycle, role({ name: "t-role", clusterPermissions: ["second"] }));
    expect(world().lines).toContain("SecurityRole r: takes over the role t-role, which an interrupted run left");
    expect(await see("t-role")).toMatchObject({ cluster_permissions: ["second"] });
    await lifecycle.delete("t-role", second.state);
  });

  it("that somebody else was given is not deleted, unless the program says so", async () => {
    const made = await created(lifecycle, role({ name: "t-role", clusterPermissions: ["cluster_monitor"] }));
    await put("rolesmapping", "t-role", { users: ["t-mapped"], backend_roles: ["team"], hosts: ["*.sea"] });
    await put("internalusers", "t-direct", { password: PASSWORD, opendistro_security_roles: ["t-role"] });
    expect((await failureOf(lifecycle.delete("t-role", made.state))).message).toBe(
      [
        'SecurityRole "r": delete failed: The role "t-role" is still given to the user t-mapped, the user t-direct, the backend role team, the host *.sea.',
        "  cause: Somebody outside of this stack gave it to them; they would lose its rights.",
        "  fix: Take it from them first, or set forceDelete: true and run pulumi up before pulumi destroy.",
      ].join("\n"),
    );
    await lifecycle.delete("t-role", { ...made.state, forceDelete: true });
    expect(await see("t-role")).toEqual({});
  });

  it("gone is not unreachable", async () => {
    const made = await created(lifecycle, role({ name: "t-role" }));
    world().cluster.faults.add({ times: 1000, action: { kind: "refuse" } });
    expect((await failureOf(lifecycle.read("t-role", made.state))).message).toContain("no answer from");
    world().cluster.faults.clear();
    await world().api("DELETE", `${SECURITY}/roles/t-role`);
    expect(await lifecycle.read("t-role", made.state)).toBeUndefined();
  });
});
