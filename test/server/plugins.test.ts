import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSearch } from "../../clients/opensearch/connect";
import { installedPlugins } from "../../clients/opensearch/plugins";
import { TestCluster } from "../support/opensearch/test-cluster";

const PLUGINS = [
  "opensearch-job-scheduler",
  "opensearch-knn",
  "opensearch-ml",
  "opensearch-neural-search",
  "opensearch-security",
];

describe("the plugins of a cluster", () => {
  const requests: string[] = [];
  let cluster: TestCluster;

  beforeEach(async () => {
    cluster = await TestCluster.start({ log: (line) => requests.push(line) });
    requests.length = 0;
  });

  afterEach(() => cluster.close());

  const server = () => openSearch({ endpoint: cluster.url, maxRetries: 0 });

  it("are asked for once a process", async () => {
    const one = server();
    const [first, second] = await Promise.all([installedPlugins(one), installedPlugins(one)]);
    expect([...first].sort()).toStrictEqual(PLUGINS);
    expect(second).toBe(first);
    expect(requests).toHaveLength(1);
  });

  it("any other failure is one, and is not remembered", async () => {
    const one = server();
    cluster.faults.add({ match: { path: "/_cat/plugins" }, action: { kind: "status", status: 500 } });
    await expect(installedPlugins(one)).rejects.toThrow("GET /_cat/plugins answered 500");
    expect([...(await installedPlugins(one))].sort()).toStrictEqual(PLUGINS);
  });
});
