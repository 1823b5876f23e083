import { describe, expect, it } from "vitest";
import { modelGroupLifecycle as lifecycle } from "../../providers/model-group/lifecycle";
import { ownerHash } from "../../providers/shared/auto-name";
import { created, eachInItsOwnWorld, failureOf, updated, urn } from "./lifecycle-support";

const world = eachInItsOwnWorld();

const seen = (id: string) => world().api("GET", `/_plugins/_ml/model_groups/${id}`);

/** A description as the server keeps it: the program's, and the mark of its resource. */
const marked = (description: string) =>
  expect.stringMatching(
    new RegExp(`^${description} \\(Pulumi [0-9a-f]{8}/${ownerHash(urn("ModelGroup", "g"))}/[0-9a-f]{12}\\)$`),
  );

describe("a model group", () => {
  it("lives: created, read without a difference, changed in place, deleted", async () => {
    const group = await created(lifecycle, world().groupInputs("g", { name: "chat group", description: "first" }));
    expect(await seen(group.id)).toMatchObject({ name: "chat group", description: marked("first") });

    const read = await lifecycle.read(group.id, group.state);
    expect(read).toStrictEqual({ state: group.state, inputs: group.inputs });

    const news = world().groupInputs("g", { name: "renamed group", description: "second" });
    const later = await updated(lifecycle, group, news);
    expect(await seen(group.id)).toMatchObject({ name: "renamed group", description: marked("second") });
    expect(lifecycle.diff(later.id, later.state, later.inputs)).toStrictEqual({ changes: false });

    await lifecycle.delete(group.id, later.state);
    expect(await world().count("model_groups")).toBe(0);
    expect(await lifecycle.read(group.id, later.state)).toBeUndefined();
    await lifecycle.delete(group.id, later.state);
  });

  it("gets name and description of its own, and a mark of its owner", async () => {
    const group = await created(lifecycle, world().groupInputs("g"));
    expect(group.inputs.name).toMatch(/^g-[0-9a-f]{8}$/);
    expect(await seen(group.id)).toMatchObject({
      name: group.inputs.name,
      description: marked("Managed by Pulumi: g of chat/dev"),
    });
    // Made again whenever it is sent, so the state need not hold it.
    expect(group.state.description).toBeUndefined();
  });

  it("changes each member alone", async () => {
    let group = await created(lifecycle, world().groupInputs("g", { name: "one", description: "d" }));
    group = await updated(lifecycle, group, world().groupInputs("g", { name: "two", description: "d" }));
    expect(await seen(group.id)).toMatchObject({ name: "two", description: marked("d") });
    group = await updated(lifecycle, group, world().groupInputs("g", { name: "two", description: "e" }));
    expect(await seen(group.id)).toMatchObject({ name: "two", description: marked("e") });
  });

  it("a change of the connection alone writes nothing", async () => {
    const group = await created(lifecycle, world().groupInputs("g"));
    const before = await seen(group.id);
    const connection = { ...world().connection, requestTimeoutSeconds: 7 };
    const later = await updated(lifecycle, group, world().groupInputs("g", { connection }));
    expect(later.changes).toBe(true);
    expect(later.state.connection).toStrictEqual(connection);
    expect(await seen(group.id)).toStrictEqual(before);
  });

  it("shows what somebody changed by hand, and puts it right", async () => {
    const group = await created(lifecycle, world().groupInputs("g", { name: "ours" }));
    await world().api("PUT", `/_plugins/_ml/model_groups/${group.id}`, { name: "theirs" });
    const read = await lifecycle.read(group.id, group.state);
    expect(read?.inputs).toMatchObject({ name: "theirs" });
    const state = read?.state ?? expect.unreachable();
    expect(lifecycle.diff(group.id, state, group.inputs)).toStrictEqual({ changes: true });
    await lifecycle.update(group.id, state, group.inputs);
    expect(await seen(group.id)).toMatchObject({ name: "ours" });
  });

  it("takes over the group that an interrupted run of the same resource left", async () => {
    const lost = await created(lifecycle, world().groupInputs("g"));
    const again = await created(lifecycle, world().groupInputs("g"));
    expect(again.id).toBe(lost.id);
    expect(await world().count("model_groups")).toBe(1);
    expect(world().lines).toStrictEqual([
      `ModelGroup g: takes over the group ${lost.id}, which an interrupted run left`,
    ]);
  });

  it("leaves somebody else's group of the same name alone, and says whose it is", async () => {
    const theirs = await created(lifecycle, world().groupInputs("theirs", { name: "shared" }));
    const failure = await failureOf(created(lifecycle, world().groupInputs("ours", { name: "shared" })));
    expect(failure.message).toBe(
      [
        `ModelGroup "ours": create failed: POST /_plugins/_ml/model_groups/_register answered 400 illegal_argument_exception: The name you provided is already being used by a model group with ID: ${theirs.id}.`,
        "  cause: Model group names are unique in a cluster, and another group has this name. It belongs to somebody else, or a tool left it behind: since 2.11 deleting the last model keeps the group, and a flow-framework workflow never deletes its own (#365).",
        "  fix: Choose another name, or set adoptExisting: true to take over that group.",
      ].join("\n"),
    );
  });

  it("does not take the group of a resource whose name begins alike", async () => {
    await created(lifecycle, { ...world().groupInputs("ours2", { name: "shared" }) });
    const failure = await failureOf(created(lifecycle, world().groupInputs("ours", { name: "shared" })));
    expect(failure.message).toContain("already being used by a model group");
  });

  it("takes somebody's group over where the program says so", async () => {
    const theirs = await created(lifecycle, world().groupInputs("theirs", { name: "shared" }));
    const ours = await created(lifecycle, world().groupInputs("ours", { name: "shared", adoptExisting: true }));
    expect(ours.id).toBe(theirs.id);
    const owner = ownerHash(ours.inputs.owner ?? expect.unreachable());
    expect(await seen(ours.id)).toMatchObject({ name: "shared", description: expect.stringContaining(owner) });
  });

  it("is made once though the answer was lost", async () => {
    world().cluster.faults.add({
      match: { method: "POST", path: "/_plugins/_ml/model_groups/_register" },
      action: { kind: "drop-response" },
    });
    const group = await created(lifecycle, world().groupInputs("g", { name: "n", description: "no mark of ours" }));
    expect(await world().count("model_groups")).toBe(1);
    expect(await seen(group.id)).toMatchObject({ name: "n" });
  });

  it("a delete whose answer was lost succeeds", async () => {
    const group = await created(lifecycle, world().groupInputs("g"));
    world().cluster.faults.add({ match: { method: "DELETE" }, action: { kind: "drop-response" } });
    await lifecycle.delete(group.id, group.state);
    expect(await world().count("model_groups")).toBe(0);
  });

  it("a rename to a taken name is refused, and nothing changes", async () => {
    const theirs = await created(lifecycle, world().groupInputs("theirs", { name: "shared" }));
    const ours = await created(lifecycle, world().groupInputs("ours", { name: "mine" }));
    const failure = await failureOf(updated(lifecycle, ours, world().groupInputs("ours", { name: "shared" })));
    expect(failure.message).toContain(`already being used by another model with ID: ${theirs.id}.`);
    expect(failure.message).toContain("\n  fix: Choose another name, or set adoptExisting: true");
    expect(await seen(ours.id)).toMatchObject({ name: "mine" });
  });

  it("two resources of one stack have groups of their own", async () => {
    const [a, b] = await Promise.all(["a", "b"].map((name) => created(lifecycle, world().groupInputs(name))));
    expect(a?.id).not.toBe(b?.id);
    expect(a?.inputs.owner).toBe(urn("ModelGroup", "a"));
  });
});
