import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ClusterState, onHomeCluster } from "../../../../providers/shared/home-cluster";
import type { Lifecycle } from "../../../../providers/shared/lifecycle";
import { LoopbackServer } from "../../../support/loopback-server";

/** A cluster that tells who it is, and nothing else. */
class Cluster extends LoopbackServer {
  constructor(private readonly uuid: string) {
    super();
  }

  protected answer(_request: IncomingMessage, _body: string, response: ServerResponse): unknown {
    return response
      .setHeader("content-type", "application/json")
      .end(JSON.stringify({ cluster_uuid: this.uuid, version: { number: "3.6.0" } }));
  }
}

interface Owned extends ClusterState {
  readonly owner: string;
}

describe("a run that moves its cluster to another address", () => {
  let servers: Cluster[];
  beforeEach(() => {
    servers = [];
  });
  afterEach(async () => {
    for (const server of servers) await server.stop();
  });

  const started = async (uuid: string): Promise<string> => {
    const server = await new Cluster(uuid).start();
    servers.push(server);
    return server.endpoint;
  };
  const deleted: string[] = [];
  const bare: Lifecycle<Owned, Owned> = {
    check: (news) => ({ inputs: news as Owned, failures: [] }),
    diff: () => ({ changes: false }),
    create: async (inputs) => ({ id: inputs.owner === "alone" ? "lone" : "new", state: inputs }),
    read: async (_id, state) => ({ state, inputs: state }),
    update: async (_id, _olds, news) => news,
    delete: async (id, state) => {
      deleted.push(`${id} by ${state.connection.endpoint}`);
    },
  };
  const lifecycle = onHomeCluster("Thing", bare);
  const at = (endpoint: string, clusterUuid: string, username?: string): Owned => ({
    owner: "thing",
    connection: { endpoint, username, password: username, maxRetries: 0 },
    clusterUuid,
  });

  it("deletes what it replaced at the new one", async () => {
    const uuid = "moved";
    // Somebody else's by now: without the new address the old object would be left behind.
    const [before, after] = [await started("a stranger"), await started(uuid)];
    await lifecycle.create(at(after, uuid));
    await lifecycle.delete("old", at(before, uuid));
    expect(deleted.splice(0)).toStrictEqual([`old by ${after}`]);
  });

  it("keeps to the stored connection for what was not replaced", async () => {
    const [before, after] = [await started("settled"), await started("settled")];
    const { id } = await lifecycle.create({ ...at(after, "settled"), owner: "alone" });
    await lifecycle.delete(id, { ...at(before, "settled"), owner: "alone" });
    expect(deleted.splice(0)).toStrictEqual([`lone by ${before}`]);
  });

  it("keeps to the stored connection for another user, and for another cluster", async () => {
    const [one, two] = [await started("same"), await started("same")];
    await lifecycle.create(at(two, "same", "admin"));
    await lifecycle.delete("old", at(one, "same", "operator"));
    await lifecycle.delete("other", at(await started("other"), "other", "admin"));
    expect(deleted.splice(0)).toStrictEqual([`old by ${one}`, `other by ${servers[2]?.endpoint}`]);
  });
});
