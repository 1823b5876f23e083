import { afterEach, describe, expect, it } from "vitest";
import { securityUserLifecycle as lifecycle } from "../../providers/security-user/lifecycle";
import { created, eachInItsOwnWorld, failureOf, PASSWORD, updated } from "./lifecycle-support";
import { forgetUsers, owned, rolesOf, SECURITY, shown } from "./security-support";

const world = eachInItsOwnWorld({ kind: "secured" });
afterEach(() => forgetUsers(world()));

const OTHER = "Quiet-Harbour-4418";
const user = (more: object = {}) => owned(world(), "SecurityUser", "u", more);
const put = (name: string, body: object) =>
  world().api("PUT", `${SECURITY}/internalusers/${name}`, { password: PASSWORD, ...body });
const roles = (name: string, password: string) => rolesOf(world().connection, name, password);

describe("a user", () => {
  it("without a password gets one that nobody else knows, signs in with it and keeps it", async () => {
    const made = await created(lifecycle, user({ securityRoles: ["readall"] }));
    expect(made.id).toMatch(/^u-[0-9a-f]{8}$/);
    expect(made.state.password).toMatch(/^[\w-]{32}-aA0$/);
    expect(await roles(made.id, made.state.password)).toEqual(["own_index", "readall"]);
    expect(await lifecycle.read(made.id, made.state)).toStrictEqual({ state: made.state, inputs: made.inputs });
    const later = await updated(lifecycle, made, user({ securityRoles: ["readall"] }));
    expect([later.changes, later.state.password]).toEqual([false, made.state.password]);
    const other = await created(lifecycle, owned(world(), "SecurityUser", "v"));
    expect(other.state.password).not.toBe(made.state.password);
  });

  it("changes in place, its password among it, and loses what the program drops", async () => {
    const given = { name: "t-user", password: PASSWORD, backendRoles: ["b", "a"], attributes: { team: "sea" } };
    const made = await created(lifecycle, user(given));
    expect(await shown(world(), "internalusers", "t-user")).toMatchObject({
      backend_roles: ["b", "a"],
      attributes: { team: "sea" },
    });
    const turned = await updated(lifecycle, made, user({ ...given, backendRoles: ["a", "b"] }));
    expect(turned.changes).toBe(false);
    const later = await updated(lifecycle, made, user({ name: "t-user", password: OTHER, description: "second" }));
    expect([later.changes, later.replaces]).toEqual([true, []]);
    expect(await shown(world(), "internalusers", "t-user")).toMatchObject({
      backend_roles: [],
      attributes: {},
      description: expect.stringMatching(/^second \(Pulumi [\da-f/]+\)$/),
    });
    expect([await roles("t-user", PASSWORD), await roles("t-user", OTHER)]).toEqual([401, ["own_index"]]);
    // Dropped, the password stays as it is.
    const kept = await updated(lifecycle, later, user({ name: "t-user", description: "second" }));
    expect([kept.changes, kept.state.password]).toEqual([true, OTHER]);
    expect(await lifecycle.read("t-user", kept.state)).toStrictEqual({ state: kept.state, inputs: kept.inputs });
    expect(lifecycle.diff("t-user", kept.state, { ...kept.inputs, name: "t-other" }).replaces).toEqual(["name"]);
    await lifecycle.delete("t-user", kept.state);
    await lifecycle.delete("t-user", kept.state);
    expect(await lifecycle.read("t-user", kept.state)).toBeUndefined();
  });

  it("that somebody changed shows in what the program set alone, and what the program did not set is left", async () => {
    const made = await created(lifecycle, user({ name: "t-user", backendRoles: ["a"] }));
    await put("t-user", { backend_roles: ["theirs"], attributes: { theirs: "x" } });
    const found = await lifecycle.read("t-user", made.state);
    expect(found).toStrictEqual({
      state: { ...made.state, backendRoles: ["theirs"] },
      inputs: { ...made.inputs, backendRoles: ["theirs"] },
    });
    await updated(lifecycle, { ...made, state: found?.state ?? made.state }, made.inputs);
    expect(await shown(world(), "internalusers", "t-user")).toMatchObject({
      backend_roles: ["a"],
      attributes: { theirs: "x" },
    });
  });

  it("whose password the server finds weak is not made, and the password is not told", async () => {
    const failure = await failureOf(created(lifecycle, user({ name: "t-user", password: "Password123!" })));
    expect(failure.message).toBe(
      [
        'SecurityUser "u": create failed: PUT /_plugins/_security/api/internalusers/t-user answered 400: Weak password',
        "  cause: The password is too easy to guess, too short, too long or too similar to the user's name.",
        "  fix: Use a longer password of uncommon words. A SecurityUser without a password generates one.",
      ].join("\n"),
    );
    const made = await created(lifecycle, user({ name: "t-user", password: PASSWORD }));
    const refused = await failureOf(updated(lifecycle, made, user({ name: "t-user", password: "Password123!" })));
    expect(refused.message).not.toContain("Password123!");
    expect(await roles("t-user", PASSWORD)).toEqual(["own_index"]);
  });

  it("with a role that is not there is refused, and told which", async () => {
    const failure = await failureOf(created(lifecycle, user({ name: "t-user", securityRoles: ["t-nope"] })));
    expect(failure.message).toBe(
      [
        `SecurityUser "u": create failed: PUT /_plugins/_security/api/internalusers/t-user answered 404: role 't-nope' not found.`,
        "  cause: There is no role of this name on the cluster, or it is hidden.",
        "  fix: Correct the name, or make the role first: a SecurityRole, and refer to it by its .id.",
      ].join("\n"),
    );
  });

  it("of a name that is taken is refused, and taken over if the program says so, with what it has", async () => {
    await put("t-user", { attributes: { theirs: "x" } });
    const failure = await failureOf(created(lifecycle, user({ name: "t-user" })));
    expect(failure.message).toBe(
      [
        'SecurityUser "u": create failed: There is a user "t-user" already, and this resource did not make it.',
        "  cause: Names are unique in a cluster, and writing to it would take away what it is for others.",
        "  fix: Give another name, or set adoptExisting: true to take it over; it is deleted with this resource then.",
      ].join("\n"),
    );
    expect(await roles("t-user", PASSWORD)).toEqual(["own_index"]);
    const made = await created(lifecycle, user({ name: "t-user", adoptExisting: true }));
    expect(world().lines).toContain("SecurityUser u: takes over the user t-user, which is there already");
    expect(await roles("t-user", made.state.password)).toEqual(["own_index"]);
    expect(await shown(world(), "internalusers", "t-user")).toMatchObject({ attributes: { theirs: "x" } });
  });

  it.each([["create"], ["delete"]])("that is reserved is refused: %s", async (operation) => {
    const inputs = user({ name: "admin", adoptExisting: true });
    const { state } = { state: { ...inputs, clusterUuid: world().cluster.identity, instance: "i", schemaVersion: 1 } };
    const run = operation === "create" ? created(lifecycle, inputs) : lifecycle.delete("admin", state as never);
    expect((await failureOf(run)).message).toBe(
      [
        `SecurityUser "u": ${operation} failed: The user "admin" is reserved.`,
        "  cause: The server's own configuration reserves it, so that the API changes it for nobody but the holder of the admin certificate.",
        "  fix: Give another name.",
      ].join("\n"),
    );
  });

  it("that is hidden is refused: the server shows it to nobody", async () => {
    const path = `${SECURITY}/internalusers/t-user`;
    const body = { status: "NOT_FOUND", message: "Resource 't-user' is not available." };
    world().cluster.faults.add({ match: { method: "PUT", path }, action: { kind: "status", status: 404, body } });
    expect((await failureOf(created(lifecycle, user({ name: "t-user" })))).message).toBe(
      [
        'SecurityUser "u": create failed: The user "t-user" is hidden.',
        "  cause: The server's own configuration hides it, so that the API neither shows nor changes it.",
        "  fix: Give another name.",
      ].join("\n"),
    );
  });

  it("that an interrupted run left is taken over by its mark, with a new password, and goes with the later resource", async () => {
    const first = await created(lifecycle, user({ name: "t-user" }));
    const second = await created(lifecycle, user({ name: "t-user" }));
    expect(world().lines).toContain("SecurityUser u: takes over the user t-user, which an interrupted run left");
    expect([await roles("t-user", first.state.password), await roles("t-user", second.state.password)]).toEqual([
      401,
      ["own_index"],
    ]);
    await lifecycle.delete("t-user", first.state);
    expect(world().lines).toContain("SecurityUser u: the user t-user belongs to a newer resource by now and stays");
    await lifecycle.delete("t-user", second.state);
    expect(await shown(world(), "internalusers", "t-user")).toEqual({});
  });

  it("is unreachable, and not gone, where nobody answers", async () => {
    const made = await created(lifecycle, user({ name: "t-user" }));
    world().cluster.faults.add({ times: 1000, action: { kind: "refuse" } });
    expect((await failureOf(lifecycle.read("t-user", made.state))).message).toContain("no answer from");
    world().cluster.faults.clear();
  });

  it("is made by many at once, though the server keeps all users in one document", async () => {
    const names = Array.from({ length: 4 }, (_, i) => `t-user-${i}`);
    const others = [1, 2].map((i) => put(`t-other-${i}`, {}));
    const made = names.map((name) => created(lifecycle, owned(world(), "SecurityUser", name, { name })));
    await Promise.all([...others, ...made]);
    for (const name of names) expect(await shown(world(), "internalusers", name)).toMatchObject({ reserved: false });
  });
});

describe("who may not use the API", () => {
  it("is told what is lacking", async () => {
    await put("t-user", {});
    const connection = { ...world().connection, username: "t-user" };
    await world().api("PUT", `${SECURITY}/roles/t-main`, { cluster_permissions: ["cluster:monitor/main"] });
    await put("t-user", { opendistro_security_roles: ["t-main"] });
    const failure = await failureOf(created(lifecycle, user({ name: "t-other", connection })));
    expect(failure.message.split("\n").slice(1)).toEqual([
      "  cause: The user of the connection may not use the API of the security plugin.",
      "  fix: Give the user the role security_rest_api_access, or another that plugins.security.restapi.roles_enabled names.",
    ]);
  });
});
