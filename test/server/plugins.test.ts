import { afterEach, describe, expect, it } from "vitest";
import { openSearch } from "../../clients/opensearch/connect";
import { installedPlugins, KNN_PLUGIN } from "../../clients/opensearch/plugins";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../emulator";

describe("the plugins of a cluster", () => {
  let emulator: Emulator;
  const cluster = async (options: EmulatorOptions = {}) => {
    emulator = await startEmulator(options);
    return openSearch({ endpoint: emulator.url, maxRetries: 0 });
  };

  afterEach(async () => {
    await emulator.close();
  });

  it("are asked for once a process", async () => {
    const requests: string[] = [];
    const server = await cluster({ plugins: [KNN_PLUGIN], log: (line) => requests.push(line) });
    const [first, second] = await Promise.all([installedPlugins(server), installedPlugins(server)]);
    expect([...first]).toStrictEqual(["opensearch-ml", "opensearch-knn"]);
    expect(second).toBe(first);
    expect(requests).toHaveLength(1);
  });

  it("are none for a user who may not ask, so that nothing is made that needs one", async () => {
    const server = await cluster({ plugins: [KNN_PLUGIN] });
    emulator.faults.add({ match: { path: "/_cat/plugins" }, action: { kind: "status", status: 403 } });
    expect([...(await installedPlugins(server))]).toStrictEqual([]);
  });

  it("any other failure is one, and is not remembered", async () => {
    const server = await cluster();
    emulator.faults.add({ match: { path: "/_cat/plugins" }, action: { kind: "status", status: 500 } });
    await expect(installedPlugins(server)).rejects.toThrow("GET /_cat/plugins answered 500");
    expect([...(await installedPlugins(server))]).toStrictEqual(["opensearch-ml"]);
  });
});
