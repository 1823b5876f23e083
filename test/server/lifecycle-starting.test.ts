import { afterEach, describe, expect, it } from "vitest";
import { modelGroupLifecycle } from "../../providers/model-group/lifecycle";
import { giveDataBack, takeDataAway } from "../support/opensearch/shards";
import { kindsIn } from "./lifecycle-kinds";
import { created, eachInItsOwnWorld, failureOf } from "./lifecycle-support";

const world = eachInItsOwnWorld();
const api: ReturnType<typeof world>["api"] = (...request) => world().api(...request);
afterEach(() => giveDataBack(api));

const withoutData = () => takeDataAway(api, /^\.plugins-ml-(model|model-group|connector)$|^x-/);
const NOT_THERE = "Failed to get data object from index .plugins-ml-";

/** What the server says of each kind at each operation that asks it. */
const SAYS: Readonly<Record<string, Partial<Record<"read" | "update" | "delete", string>>>> = {
  ModelGroup: {
    read: `answered 500 status_exception: ${NOT_THERE}model-group`,
    update: `answered 500 status_exception: ${NOT_THERE}model-group`,
    delete: `answered 500 status_exception: ${NOT_THERE}model-group`,
  },
  Connector: {
    read: `answered 500 status_exception: ${NOT_THERE}connector`,
    delete: `answered 500 status_exception: ${NOT_THERE}connector`,
  },
  DeployedModel: {
    read: `answered 500 status_exception: ${NOT_THERE}model`,
    update: `answered 500 status_exception: ${NOT_THERE}model`,
    delete: `answered 500 status_exception: ${NOT_THERE}model`,
  },
  SearchIndex: { delete: "answered 503 search_phase_execution_exception: all shards failed" },
};

// A cluster's settings are no index's data.
const KINDS = kindsIn(world).filter(([kind]) => kind !== "ClusterSetting");

describe.each(KINDS)("%s on a server that was just started", (kind, lifecycle, make) => {
  it("is never taken for gone, and neither changed nor deleted before its data is there", async () => {
    const { id, state, inputs } = await make();
    await withoutData();
    // The server would wait a minute for the shard before it answers this.
    const refresh = { path: "/x-*/_refresh" };
    world().cluster.faults.add({ match: refresh, action: { kind: "status", status: 200, body: {} } });
    const calls = {
      read: () => lifecycle.read(id, state),
      update: () => lifecycle.update(id, state, { ...inputs, description: "other" }),
      delete: () => lifecycle.delete(id, state),
    };
    for (const [operation, says] of Object.entries(SAYS[kind] ?? {})) {
      const { message } = await failureOf(calls[operation as keyof typeof calls]());
      expect(message).toContain(`${kind} "x": ${operation} failed: `);
      expect(message).toContain(says);
    }
    await giveDataBack(api);
    expect(await lifecycle.read(id, state)).toMatchObject({ state });
    await lifecycle.delete(id, state);
    expect(await lifecycle.read(id, state)).toBeUndefined();
  });
});

describe("a server that is being started", () => {
  it("is asked again, as often as a try may be repeated", async () => {
    const group = await created(modelGroupLifecycle, world().groupInputs("g"));
    await withoutData();
    const match = { path: `/_plugins/_ml/model_groups/${group.id}` };
    const act = () => giveDataBack(api);
    world().cluster.faults.add({ match, nth: 2, action: { kind: "before", act } });
    expect(await modelGroupLifecycle.read(group.id, group.state)).toMatchObject({ state: group.state });
  });

  it("is not another cluster while it is in none", async () => {
    const group = await created(modelGroupLifecycle, world().groupInputs("g"));
    // What a node of 3.6.0 shows, with 200, that has found no cluster.
    const answer = (info: unknown) => ({ ...(info as object), cluster_uuid: "_na_" });
    world().cluster.faults.add({ match: { path: "/" }, times: 9, action: { kind: "rewrite", answer } });
    // Another client: who the cluster is, is asked once.
    const state = { ...group.state, connection: { ...world().connection, requestTimeoutSeconds: 6 } };
    const failure = await failureOf(modelGroupLifecycle.read(group.id, state));
    expect(failure.message).toContain(
      'ModelGroup "g": read failed: GET / answered 503: the node is in no cluster yet (cluster_uuid _na_)',
    );
    world().cluster.faults.clear();
    expect(await modelGroupLifecycle.read(group.id, state)).toMatchObject({ state });
  });
});
