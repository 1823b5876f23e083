import { afterEach, describe, expect, it, vi } from "vitest";
import { connectorLifecycle } from "../../providers/connector/lifecycle";
import { securityPasswordLifecycle as lifecycle } from "../../providers/security-password/lifecycle";
import type { Connection } from "../../providers/shared/connection";
import { created, eachInItsOwnWorld, failureOf, PASSWORD, updated } from "./lifecycle-support";
import { as, forgetUsers, owned, rolesOf, SECURITY, shown } from "./security-support";

const world = eachInItsOwnWorld({ kind: "secured" });
afterEach(() => forgetUsers(world()));

const FIRST = "Quiet-Harbour-4418";
const SECOND = "Quiet-Harbour-4419";
const password = (more: object = {}) => owned(world(), "SecurityPassword", "p", { username: "t-user", ...more });
const user = (body: object = {}) =>
  world().api("PUT", `${SECURITY}/internalusers/t-user`, { password: PASSWORD, backend_roles: ["theirs"], ...body });
const signIn = (given: string, name = "t-user") => rolesOf(world().connection, name, given);

/** Signs in by certificate, which only the server itself sees, not the proxy before it. */
function administrator(): Connection {
  const { endpoint, caCertificate, administrator: byCertificate } = world().cluster.server;
  return { endpoint, caCertificate, ...byCertificate };
}

describe("the password of a user who exists", () => {
  it("is set, read without a difference and rotated; the user keeps the rest, and stays when the resource goes", async () => {
    await user();
    const made = await created(lifecycle, password({ password: FIRST }));
    expect(made.id).toBe("t-user");
    expect([await signIn(PASSWORD), await signIn(FIRST)]).toEqual([401, ["own_index"]]);
    expect(await lifecycle.read(made.id, made.state)).toStrictEqual({ state: made.state, inputs: made.inputs });
    const later = await updated(lifecycle, made, password({ password: SECOND }));
    expect([later.changes, later.replaces]).toEqual([true, []]);
    expect([await signIn(FIRST), await signIn(SECOND)]).toEqual([401, ["own_index"]]);
    expect(await shown(world(), "internalusers", "t-user")).toMatchObject({ backend_roles: ["theirs"] });
    await lifecycle.delete(made.id, later.state);
    expect(await signIn(SECOND)).toEqual(["own_index"]);
  });

  it.each([
    ["before the server had it", PASSWORD],
    ["after the server had it", SECOND],
  ])("that a killed run changed, %s, is in force after the next one", async (_when, inForce) => {
    await user();
    const made = await created(lifecycle, password({ password: PASSWORD }));
    await user({ password: inForce });
    const later = await updated(lifecycle, made, password({ password: SECOND }));
    expect(later.state).toMatchObject({ password: SECOND, inForce: true });
    expect([await signIn(PASSWORD), await signIn(SECOND)]).toEqual([401, ["own_index"]]);
  });

  it("that is in force already is not written again", async () => {
    await user({ password: FIRST });
    const requests: string[] = [];
    const beside = await world().cluster.beside(world().cluster.identity, (line) => requests.push(line));
    try {
      const connection = { ...world().connection, endpoint: beside.url };
      await created(lifecycle, password({ connection, password: FIRST }));
    } finally {
      await beside.close();
    }
    expect(requests.filter((line) => /^(?:PUT|PATCH|POST)/.test(line))).toEqual([]);
  });

  it("that somebody else changed is found by a refresh, and set again by the next update", async () => {
    const told = vi.spyOn(console, "log").mockImplementation(() => undefined);
    await user();
    const made = await created(lifecycle, password({ password: FIRST }));
    await user();
    const seen = await lifecycle.read(made.id, made.state);
    expect(seen).toStrictEqual({ state: { ...made.state, inForce: false }, inputs: made.inputs });
    expect(told.mock.calls.flat()).toContain(
      "SecurityPassword p: t-user cannot sign in with this password; the next pulumi up sets it again",
    );
    const drifted = { ...made, state: { ...made.state, inForce: false } };
    const repaired = await updated(lifecycle, drifted, password({ password: FIRST }));
    expect([repaired.changes, repaired.state.inForce]).toEqual([true, true]);
    expect(await signIn(FIRST)).toEqual(["own_index"]);
  });

  it("of nobody is refused, and gone where the user is gone", async () => {
    expect((await failureOf(created(lifecycle, password({ password: FIRST })))).message).toBe(
      [
        'SecurityPassword "p": create failed: There is no internal user t-user.',
        "  cause: The name is wrong, or the user comes from another backend, such as LDAP.",
        "  fix: Correct username. To create a user, use a SecurityUser.",
      ].join("\n"),
    );
    await user();
    const made = await created(lifecycle, password({ password: FIRST }));
    await world().api("DELETE", `${SECURITY}/internalusers/t-user`);
    expect(await lifecycle.read(made.id, made.state)).toBeUndefined();
  });

  it("that the server finds weak is not set, and not told", async () => {
    await user();
    const failure = await failureOf(created(lifecycle, password({ password: "password-77" })));
    expect(failure.message).toBe(
      [
        'SecurityPassword "p": create failed: PATCH /_plugins/_security/api/internalusers/t-user answered 400: Weak password',
        "  cause: The password is too easy to guess, too short, too long or too similar to the user's name.",
        "  fix: Use a longer password of uncommon words. A SecurityUser without a password generates one.",
      ].join("\n"),
    );
    expect(await signIn(PASSWORD)).toEqual(["own_index"]);
  });
});

describe("a reserved user", () => {
  const kibana = (more: object) => password({ username: "kibanaserver", password: FIRST, ...more });

  it("is refused to everybody but the administrator, known by certificate", async () => {
    expect((await failureOf(created(lifecycle, kibana({})))).message).toBe(
      [
        `SecurityPassword "p": create failed: PATCH /_plugins/_security/api/internalusers/kibanaserver answered 403: Resource 'kibanaserver' is reserved.`,
        "  cause: The cluster's configuration reserves this user, role or mapping, as the official image does with admin. Only an administrator's client certificate may change it.",
        "  fix: Add clientCertificate and clientKey to the connection. The certificate's subject must be listed in plugins.security.authcz.admin_dn.",
      ].join("\n"),
    );
    await created(lifecycle, kibana({ connection: administrator() }));
    expect(await signIn(FIRST, "kibanaserver")).toContain("kibana_server");
  });
});

describe("another resource of a user whose password this run has rotated", () => {
  it("is deleted with the new password, though its state holds the old one", async () => {
    await user({ backend_roles: ["admin"] });
    await world().open();
    const old = as(world().connection, "t-user", PASSWORD);
    const [kept, dropped] = [
      await created(connectorLifecycle, world().connectorInputs("kept", { connection: old })),
      await created(connectorLifecycle, world().connectorInputs("dropped", { connection: old })),
    ];
    await created(lifecycle, password({ password: FIRST }));
    vi.resetModules();
    const { connectorLifecycle: ofNextRun } = await import("../../providers/connector/lifecycle.js");
    const rotated = { connection: as(world().connection, "t-user", FIRST) };
    await updated(ofNextRun, kept, world().connectorInputs("kept", rotated));
    await ofNextRun.delete(dropped.id, dropped.state);
    expect(await world().count("connectors")).toBe(1);
  });
});
