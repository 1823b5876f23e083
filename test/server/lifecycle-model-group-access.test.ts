import { describe, expect, it } from "vitest";
import { modelGroupLifecycle as lifecycle } from "../../providers/model-group/lifecycle";
import { created, eachInItsOwnWorld, failureOf, updated } from "./lifecycle-support";

const world = eachInItsOwnWorld({ kind: "secured" });

const path = (id: string) => `/_plugins/_ml/model_groups/${id}`;
const seen = (id: string) => world().api("GET", path(id));

const ACCESS_CONTROL = { "plugins.ml_commons.model_access_control_enabled": true };

/** A group with these access fields, on a cluster where they count. */
async function group(access: object) {
  await world().api("PUT", "/_cluster/settings", { persistent: ACCESS_CONTROL });
  return await created(lifecycle, world().groupInputs("g", { ...access }));
}

const change = async (made: Awaited<ReturnType<typeof group>>, access: object) =>
  await updated(lifecycle, made, world().groupInputs("g", { ...access }));

describe("who may use a model group", () => {
  it("is what the program says, whatever it was before", async () => {
    let made = await group({ accessMode: "private" });
    expect(await seen(made.id)).toMatchObject({ access: "private" });
    made = await change(made, { accessMode: "restricted", backendRoles: ["a"] });
    expect(await seen(made.id)).toMatchObject({ access: "restricted", backend_roles: ["a"] });
    made = await change(made, { accessMode: "restricted", backendRoles: ["a", "b"] });
    expect(await seen(made.id)).toMatchObject({ access: "restricted", backend_roles: ["a", "b"] });
    made = await change(made, { accessMode: "public" });
    expect(await seen(made.id)).toMatchObject({ access: "public" });
    expect((await seen(made.id)).backend_roles).toBeUndefined();
    expect(world().lines).toStrictEqual([]);
  });

  it("is put right after somebody made it private, together with the roles that took away", async () => {
    const made = await group({ accessMode: "restricted", backendRoles: ["a"] });
    await world().api("PUT", path(made.id), { access_mode: "private" });
    const read = await lifecycle.read(made.id, made.state);
    expect(read?.inputs).toMatchObject({ accessMode: "private" });
    const state = read?.state ?? expect.unreachable();
    await lifecycle.update(made.id, state, made.inputs);
    expect(await seen(made.id)).toMatchObject({ access: "restricted", backend_roles: ["a"] });
  });

  it("stays on the server where the program no longer says it, and that is told", async () => {
    const made = await group({ accessMode: "restricted", backendRoles: ["a"] });
    await change(made, {});
    expect(await seen(made.id)).toMatchObject({ access: "restricted", backend_roles: ["a"] });
    expect(world().lines).toStrictEqual([
      "warning: ModelGroup g: the server keeps its accessMode, backendRoles, since it cannot remove what was once set",
    ]);
  });

  it("says nothing of roles where the program names none, however it writes that", async () => {
    let made = await group({ backendRoles: [], addAllBackendRoles: false });
    expect(await seen(made.id)).toMatchObject({ access: "private" });
    made = await change(made, { accessMode: "restricted", backendRoles: ["a"], addAllBackendRoles: false });
    expect(await seen(made.id)).toMatchObject({ access: "restricted", backend_roles: ["a"] });
    made = await change(made, { addAllBackendRoles: false });
    expect(await seen(made.id)).toMatchObject({ access: "restricted", backend_roles: ["a"] });
    expect(world().lines).toStrictEqual([
      "warning: ModelGroup g: the server keeps its accessMode, backendRoles, since it cannot remove what was once set",
    ]);
  });

  it("that names no roles is no matter on a cluster without access control", async () => {
    const made = await created(lifecycle, world().groupInputs("g", { backendRoles: [], addAllBackendRoles: false }));
    expect(await seen(made.id)).toMatchObject({ access: "public" });
  });

  it.each([
    [
      { accessMode: "restricted" },
      "You must specify one or more backend roles or add all backend roles to register a restricted model group.",
    ],
    [
      { accessMode: "private", addAllBackendRoles: true },
      "You can specify backend roles only for a model group with the restricted access mode.",
    ],
    [
      { backendRoles: ["a"], addAllBackendRoles: true },
      "You cannot specify backend roles and add all backend roles at the same time.",
    ],
    [
      { accessMode: "public", backendRoles: ["a"] },
      "You can specify backend roles only for a model group with the restricted access mode.",
    ],
    [
      { accessMode: "restricted", addAllBackendRoles: true },
      "Admin users cannot add all backend roles to a model group.",
    ],
  ])(
    "is refused in the server's words where it makes no sense, and by check before, as far as it can tell: %j",
    async (access, words) => {
      // Who is an administrator only the server knows.
      const asked = lifecycle.check(world().groupInputs("g", { ...access }), {}).failures;
      expect(asked).toHaveLength(words.startsWith("Admin users") ? 0 : 1);
      await world().api("PUT", "/_cluster/settings", { persistent: ACCESS_CONTROL });
      const { inputs } = lifecycle.check(world().groupInputs("g", { ...access }), {});
      const failure = await failureOf(lifecycle.create(inputs));
      expect(failure.message.split("\n")[0]).toBe(
        `ModelGroup "g": create failed: POST /_plugins/_ml/model_groups/_register answered 400 illegal_argument_exception: ${words}`,
      );
    },
  );
});
