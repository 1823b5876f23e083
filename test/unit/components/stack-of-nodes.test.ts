import { beforeAll, describe, expect, it } from "vitest";
import { PASSWORD, type Stack, stackOf } from "./stack-support";

const PARTS = ["opensearch", "opensearch-2", "opensearch-3"];

describe("a stack with three nodes of OpenSearch", () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await stackOf({ opensearch: { adminPassword: PASSWORD, nodes: 3 } });
  });

  it("has a container, a volume and a wait for each, and a certificate that the first one's authority signed", () => {
    const names = Object.keys(stack.types);
    for (const part of PARTS) {
      expect(names).toEqual(expect.arrayContaining([`chat-${part}`, `chat-${part}-volume`, `chat-${part}-health`]));
    }
    expect(names.filter((name) => name.startsWith("chat-tls"))).toEqual(["chat-tls", "chat-tls-2", "chat-tls-3"]);
    expect(names.filter((name) => /opensearch.*-image/.test(name))).toEqual(["chat-opensearch-image"]);
    expect(stack.of("chat-tls").inputs).not.toHaveProperty("authority");
    expect(stack.of("chat-tls-2").inputs).toMatchObject({
      commonName: "ollama-chat-opensearch",
      dnsNames: ["localhost", "opensearch-2"],
      authority: { secret: { certificatePem: "CA PEM" } },
    });
  });

  it("each container waits for the node before it, so that one changes at a time", () => {
    expect(stack.of("chat-opensearch").dependencies).not.toContain("chat-opensearch-health");
    expect(stack.of("chat-opensearch-2").dependencies).toContain("chat-opensearch-health");
    expect(stack.of("chat-opensearch-3").dependencies).toContain("chat-opensearch-2-health");
    for (const [i, part] of PARTS.entries()) {
      expect(stack.of(`chat-${part}`).deleteBeforeReplace).toBe(true);
      expect(stack.of(`chat-${part}-health`).inputs).toMatchObject({
        containerId: `chat-${part}-id`,
        endpoint: `https://localhost:${9200 + i}`,
        cluster: { node: i + 1, nodes: 3, connection: { endpoint: `https://localhost:${9200 + i}` } },
      });
    }
  });

  it("the first node forms the cluster alone, so that none waits for one that waits for it", () => {
    const envs = (part: string) => (stack.of(`chat-${part}`).inputs.envs as { secret: string[] }).secret;
    const own = (part: string) => envs(part).filter((env) => /^(node|discovery|cluster)\./.test(env));
    const seeds = "discovery.seed_hosts=opensearch,opensearch-2,opensearch-3";
    const files = "node.store.allow_mmap=false";
    const first = "cluster.initial_cluster_manager_nodes=opensearch";
    expect(own("opensearch")).toEqual(["node.name=opensearch", seeds, first, files]);
    expect(own("opensearch-2")).toEqual(["node.name=opensearch-2", seeds, files]);
    expect(own("opensearch-3")).toEqual(["node.name=opensearch-3", seeds, files]);
  });

  it("everything on the cluster waits for all nodes, and knows all of them", () => {
    for (const name of ["chat-settings", "chat-group", "chat-connector", "chat-model"]) {
      expect(stack.of(name).dependencies).toEqual(expect.arrayContaining(PARTS.map((part) => `chat-${part}-health`)));
      expect(stack.of(name).inputs.connection).toMatchObject({
        endpoint: "https://localhost:9200",
        endpoints: ["https://localhost:9201", "https://localhost:9202"],
      });
    }
    expect(stack.outputs).toMatchObject({
      opensearchEndpoint: "https://localhost:9200",
      opensearchEndpoints: ["https://localhost:9200", "https://localhost:9201", "https://localhost:9202"],
    });
  });

  it("a volume of a name of the user's is numbered for the further nodes", async () => {
    const { of } = await stackOf({ opensearch: { adminPassword: PASSWORD, nodes: 3, volume: "documents" } });
    const names = PARTS.map((part) => of(`chat-${part}-volume`).inputs.name);
    expect(names).toEqual(["documents", "documents-2", "documents-3"]);
  });

  it("one node is the same as no number", async () => {
    const [none, one] = [
      await stackOf({ opensearch: { adminPassword: PASSWORD } }),
      await stackOf({ opensearch: { adminPassword: PASSWORD, nodes: 1 } }),
    ];
    expect([...one.resources.values()]).toStrictEqual([...none.resources.values()]);
    expect(none.outputs.opensearchEndpoints).toEqual(["https://localhost:9200"]);
  });
});

const nodesRule =
  "must be 1 or 3: with 2 the cluster stops when one is lost, and more belong on several hosts, as a cluster of their own that opensearch.existing names";

describe("nodes that can't be", () => {
  it.each([
    [{ opensearch: { adminPassword: PASSWORD, nodes: 0 } }, `opensearch.nodes is 0: ${nodesRule}`],
    [{ opensearch: { adminPassword: PASSWORD, nodes: 2 } }, `opensearch.nodes is 2: ${nodesRule}`],
    [{ opensearch: { adminPassword: PASSWORD, nodes: 1.5 } }, `opensearch.nodes is 1.5: ${nodesRule}`],
    [
      { opensearch: { existing: { endpoint: "https://h:9200" }, nodes: 3 } },
      "opensearch.nodes is 3: can't be set for a cluster that exists; name its nodes in opensearch.existing.endpoints",
    ],
    [
      { opensearch: { adminPassword: PASSWORD, nodes: 3 }, ollama: { port: 9202 } },
      "ollama.port is 9202: must not be 9200 to 9202, the ports of OpenSearch",
    ],
    [
      { opensearch: { adminPassword: PASSWORD }, ollama: { port: 9200 } },
      "ollama.port is 9200: must not be 9200, the port of OpenSearch",
    ],
    [
      { opensearch: { adminPassword: PASSWORD, nodes: 3, port: 65_534 } },
      "opensearch.port is 65534: must be 65533 at most for 3 nodes",
    ],
  ])("are refused in the preview: $1", async (args, message) => {
    const failure = await stackOf(args).catch((error: unknown) => error);
    expect(failure).toHaveProperty("message", `OllamaChatStack "chat": ${message}`);
  });
});
