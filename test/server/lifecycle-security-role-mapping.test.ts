import { afterEach, describe, expect, it } from "vitest";
import { securityRoleMappingLifecycle as lifecycle } from "../../providers/security-role-mapping/lifecycle";
import { created, eachInItsOwnWorld, failureOf, updated } from "./lifecycle-support";
import { forgetUsers, owned, SECURITY, shown } from "./security-support";

const world = eachInItsOwnWorld({ kind: "secured" });
afterEach(() => forgetUsers(world()));

const mapping = (more: object = {}, name = "m") =>
  owned(world(), "SecurityRoleMapping", name, { role: "t-role", ...more });
const put = (kind: string, name: string, body: object) => world().api("PUT", `${SECURITY}/${kind}/${name}`, body);
const see = (name = "t-role") => shown(world(), "rolesmapping", name);
const makeRole = () => put("roles", "t-role", { cluster_permissions: ["cluster_monitor"] });

describe("a mapping that others write too", () => {
  it("gets our entries beside theirs, and loses ours alone", async () => {
    const before = await see("all_access");
    const inputs = mapping({ role: "all_access", users: ["t-a", "t-b"], backendRoles: ["t-team"] });
    const made = await created(lifecycle, inputs);
    expect(await see("all_access")).toEqual({
      ...before,
      users: ["t-a", "t-b"],
      backend_roles: ["admin", "t-team"],
    });
    expect(await lifecycle.read("all_access", made.state)).toStrictEqual({ state: made.state, inputs: made.inputs });
    await world().api("PATCH", `${SECURITY}/rolesmapping/all_access`, [
      { op: "add", path: "/users/-", value: "t-theirs" },
    ]);
    const later = await updated(lifecycle, made, { ...inputs, users: ["t-b", "t-c"] });
    expect(await see("all_access")).toMatchObject({ users: ["t-b", "t-theirs", "t-c"] });
    await lifecycle.delete("all_access", later.state);
    expect(await see("all_access")).toMatchObject({ users: ["t-theirs"], backend_roles: ["admin"] });
    await lifecycle.delete("all_access", later.state);
    await put("rolesmapping", "all_access", { backend_roles: ["admin"], description: String(before.description) });
  });

  it("keeps an entry that was there before, and it is told", async () => {
    await makeRole();
    await put("rolesmapping", "t-role", { users: ["t-theirs"] });
    const made = await created(lifecycle, mapping({ users: ["t-theirs", "t-ours"] }));
    expect(world().lines).toContain(
      "SecurityRoleMapping m: t-theirs had the role t-role before, and will keep it when this resource goes",
    );
    await lifecycle.delete("t-role", made.state);
    expect(await see()).toMatchObject({ users: ["t-theirs"] });
  });

  it("is made where there is none, and goes with the last entry, whoever of us took it", async () => {
    await makeRole();
    const one = await created(lifecycle, mapping({ users: ["t-a"] }, "one"));
    const two = await created(lifecycle, mapping({ users: ["t-b"] }, "two"));
    await lifecycle.delete("t-role", one.state);
    expect(await see()).toMatchObject({ users: ["t-b"] });
    await lifecycle.delete("t-role", two.state);
    expect(await see()).toEqual({});
  });

  it("shows as drift what of ours is missing, puts it back, and nothing of theirs", async () => {
    await makeRole();
    const made = await created(lifecycle, mapping({ users: ["t-a", "t-b"] }));
    await put("rolesmapping", "t-role", { users: ["t-b", "t-theirs"], hosts: ["*.theirs"] });
    const found = await lifecycle.read("t-role", made.state);
    expect(found?.inputs).toStrictEqual({ ...made.inputs, users: ["t-b"] });
    await updated(lifecycle, { ...made, state: found?.state ?? made.state }, made.inputs);
    expect(await see()).toMatchObject({ users: ["t-b", "t-theirs", "t-a"], hosts: ["*.theirs"] });
  });

  it("is healed where another writer made it at the same time", async () => {
    await makeRole();
    const path = `${SECURITY}/rolesmapping/t-role`;
    const act = async () => void (await put("rolesmapping", "t-role", { users: ["t-theirs"] }));
    world().cluster.faults.add({ match: { method: "GET", path }, nth: 2, action: { kind: "before", act } });
    await created(lifecycle, mapping({ users: ["t-ours"] }));
    expect(await see()).toMatchObject({ users: ["t-theirs", "t-ours"] });
  });

  it("of which the answer was lost holds each entry once", async () => {
    await makeRole();
    await put("rolesmapping", "t-role", { users: ["t-theirs"] });
    const path = `${SECURITY}/rolesmapping/t-role`;
    world().cluster.faults.add({ match: { method: "PATCH", path }, action: { kind: "drop-response" } });
    await created(lifecycle, mapping({ users: ["t-ours"] }));
    expect(await see()).toMatchObject({ users: ["t-theirs", "t-ours"] });
  });

  it("that an interrupted run made is its own, and goes whole", async () => {
    await makeRole();
    await created(lifecycle, mapping({ users: ["t-a"] }));
    const second = await created(lifecycle, mapping({ users: ["t-a"] }));
    await lifecycle.delete("t-role", second.state);
    expect(await see()).toEqual({});
  });

  it("of many resources at once holds the entries of all", async () => {
    await makeRole();
    const names = Array.from({ length: 8 }, (_, i) => `t-${i}`);
    await Promise.all(names.map((name) => created(lifecycle, mapping({ users: [name] }, name))));
    expect([...((await see()).users as string[])].sort()).toEqual(names);
  });
});

describe("a mapping that is ours", () => {
  it("is exactly what the program says, and what others add is drift", async () => {
    await makeRole();
    const inputs = mapping({ mode: "own", users: ["t-a"], andBackendRoles: ["x", "y"] });
    const made = await created(lifecycle, inputs);
    expect(await see()).toMatchObject({ users: ["t-a"], and_backend_roles: ["x", "y"], backend_roles: [] });
    expect(await lifecycle.read("t-role", made.state)).toStrictEqual({ state: made.state, inputs: made.inputs });
    await world().api("PATCH", `${SECURITY}/rolesmapping/t-role`, [{ op: "add", path: "/hosts", value: ["*.theirs"] }]);
    const found = await lifecycle.read("t-role", made.state);
    expect(found?.inputs).toStrictEqual({ ...made.inputs, hosts: ["*.theirs"] });
    const later = await updated(lifecycle, { ...made, state: found?.state ?? made.state }, inputs);
    expect([later.changes, (await see()).hosts]).toEqual([true, []]);
    await lifecycle.delete("t-role", later.state);
    await lifecycle.delete("t-role", later.state);
    expect(await see()).toEqual({});
  });

  it("is not taken from others unasked", async () => {
    await makeRole();
    await put("rolesmapping", "t-role", { users: ["t-theirs"] });
    const failure = await failureOf(created(lifecycle, mapping({ mode: "own", users: ["t-a"] })));
    expect(failure.message.split("\n")[0]).toBe(
      'SecurityRoleMapping "m": create failed: There is a role mapping "t-role" already, and this resource did not make it.',
    );
    expect(await see()).toMatchObject({ users: ["t-theirs"] });
    await created(lifecycle, mapping({ mode: "own", users: ["t-a"], adoptExisting: true }));
    expect(await see()).toMatchObject({ users: ["t-a"] });
  });
});

describe("any mapping", () => {
  it.each(["contribute", "own"])("that is reserved is refused: %s", async (mode) => {
    const failure = await failureOf(created(lifecycle, mapping({ role: "kibana_server", users: ["t-a"], mode })));
    expect(failure.message.split("\n")[0]).toBe(
      'SecurityRoleMapping "m": create failed: The role mapping "kibana_server" is reserved.',
    );
  });

  it.each(["contribute", "own"])("of a role that is not there is refused, and told: %s", async (mode) => {
    const failure = await failureOf(created(lifecycle, mapping({ role: "t-nope", users: ["t-a"], mode })));
    expect(failure.message.split("\n")).toEqual([
      `SecurityRoleMapping "m": create failed: PUT /_plugins/_security/api/rolesmapping/t-nope answered 404: role 't-nope' not found.`,
      "  cause: There is no role of this name on the cluster, or it is hidden.",
      "  fix: Correct the name, or make the role first: a SecurityRole, and refer to it by its .id.",
    ]);
  });

  it("is replaced for another role, and for another mode with the old one first", async () => {
    await makeRole();
    const made = await created(lifecycle, mapping({ users: ["t-a"] }));
    expect(lifecycle.diff("t-role", made.state, { ...made.inputs, role: "t-other" })).toEqual({
      changes: true,
      replaces: ["role"],
      deleteBeforeReplace: false,
    });
    expect(lifecycle.diff("t-role", made.state, { ...made.inputs, mode: "own" })).toEqual({
      changes: true,
      replaces: ["mode"],
      deleteBeforeReplace: true,
    });
    expect(lifecycle.diff("t-role", made.state, { ...made.inputs, mode: "contribute" }).changes).toBe(false);
  });

  it("gone is not unreachable", async () => {
    await makeRole();
    const made = await created(lifecycle, mapping({ users: ["t-a"] }));
    world().cluster.faults.add({ times: 1000, action: { kind: "refuse" } });
    expect((await failureOf(lifecycle.read("t-role", made.state))).message).toContain("no answer from");
    world().cluster.faults.clear();
    await world().api("DELETE", `${SECURITY}/rolesmapping/t-role`);
    expect(await lifecycle.read("t-role", made.state)).toBeUndefined();
  });
});
