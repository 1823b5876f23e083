import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { containerHealthLifecycle } from "../../../../providers/container-health/lifecycle";

type Health = readonly [status: string, nodes: number];

/** A node that shows one health after the other and then stays with the last; "" for a node that is in no cluster. */
let shown: Health[];
let looks: number;
let node: Server;
let endpoint: string;

beforeEach(async () => {
  looks = 0;
  node = createServer((request, response) => {
    if (request.url !== "/_cluster/health") return response.writeHead(401).end();
    looks += 1;
    const [status = "", nodes = 0] = (shown.length > 1 ? shown.shift() : shown[0]) ?? [];
    response.setHeader("content-type", "application/json");
    if (status === "") {
      const error = { type: "cluster_manager_not_discovered_exception", reason: "no cluster manager" };
      return response.writeHead(503).end(JSON.stringify({ error, status: 503 }));
    }
    response.end(JSON.stringify({ status, number_of_nodes: nodes, unassigned_shards: status === "green" ? 0 : 2 }));
  });
  await new Promise<void>((listening) => node.listen(0, "127.0.0.1", listening));
  endpoint = `http://127.0.0.1:${(node.address() as AddressInfo).port}`;
});
afterEach(() => node.close());

/** The wait for a node; without Docker, so its own health is the answer to an anonymous request. */
const waited = async (number: number, seconds = 30) =>
  await containerHealthLifecycle.create({
    containerId: "c0ffee",
    endpoint,
    dockerHost: "ssh://nobody@nowhere",
    cluster: { connection: { endpoint }, node: number, nodes: 3 },
    timeouts: { createSeconds: seconds },
    owner: "urn:pulumi:dev::p::t::chat-opensearch-2-health",
  });

describe("a node of a cluster of three", () => {
  it("is waited for until it has joined and the cluster is green", async () => {
    shown = [
      ["", 0],
      ["yellow", 3],
      ["yellow", 3],
      ["green", 3],
    ];
    await waited(1);
    expect(looks).toBe(4);
  });

  it("need not be green while the cluster grows, since an index may wait for the next node", async () => {
    shown = [["yellow", 1]];
    await waited(1);
    shown = [["yellow", 2]];
    await waited(2);
    expect(looks).toBe(2);
  });

  it.each<readonly [string, number, Health, string]>([
    ["that formed a cluster of its own is not ready", 2, ["green", 1], "green, 1 node, 0 unassigned shards"],
    ["is not ready while others of it wait for their shards", 1, ["yellow", 3], "yellow, 3 nodes, 2 unassigned shards"],
    ["that is the last is not ready before green", 3, ["yellow", 3], "yellow, 3 nodes, 2 unassigned shards"],
  ])("one %s", async (_what, number, health, last) => {
    shown = [health];
    const failure = await waited(number, 0.3).catch((error: Error) => error);
    expect(failure).toHaveProperty(
      "message",
      expect.stringContaining(`node ${number} of 3 at ${endpoint} to be in a green cluster`),
    );
    expect(failure).toHaveProperty("message", expect.stringContaining(last));
  });

  it("a new container waits, and nothing is replaced for it", () => {
    const state = {
      containerId: "a",
      endpoint,
      schemaVersion: 1,
      cluster: { connection: { endpoint }, node: 1, nodes: 3 },
    };
    const { schemaVersion: _version, ...inputs } = state;
    expect(containerHealthLifecycle.diff("id", state, inputs)).toMatchObject({ changes: false });
    expect(containerHealthLifecycle.diff("id", state, { ...inputs, containerId: "b" })).toStrictEqual({
      changes: true,
    });
  });

  it("what is no cluster is refused", () => {
    const reasons = (cluster: unknown) =>
      containerHealthLifecycle
        .check({ containerId: "a", endpoint, cluster }, undefined)
        .failures.map(({ reason }) => reason);
    expect(reasons({ connection: { endpoint }, node: 0, nodes: 3 })).toEqual([
      "cluster.node is 0: must be a whole number from 1",
    ]);
    expect(reasons(5)).toEqual(["cluster is 5: must be an object such as { connection, node: 1, nodes: 3 }"]);
    expect(reasons({ connection: { endpoint }, node: 1, nodes: 3, green: true })).toEqual([
      "cluster.green is not an input. Allowed: connection, node, nodes.",
    ]);
  });
});
