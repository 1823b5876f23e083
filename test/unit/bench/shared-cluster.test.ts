import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { cases } from "../../../tools/bench/cases";
import { OPENSEARCH_VARIABLE, SharedCluster } from "../../../tools/bench/support/shared-cluster";
import { LoopbackServer } from "../../support/loopback-server";

class RootOnly extends LoopbackServer {
  readonly asked: string[] = [];

  protected override answer({ method, url }: IncomingMessage, _body: string, response: ServerResponse): void {
    this.asked.push(`${method} ${url}`);
    response.end(JSON.stringify({ version: { distribution: "opensearch", number: "3.6.0" } }));
  }
}

describe("the OpenSearch that the cases share", () => {
  let server: RootOnly;

  beforeEach(async () => {
    server = await new RootOnly().start();
  });

  afterEach(async () => {
    vi.unstubAllEnvs();
    await server.stop();
  });

  it("is the one that the environment names, with the version that it gives of itself, asked once", async () => {
    const { endpoint, asked } = server;
    vi.stubEnv(OPENSEARCH_VARIABLE, endpoint);
    const said: string[] = [];
    const shared = new SharedCluster({}, (line) => said.push(line));
    const cluster = await shared.open();
    expect(cluster).toMatchObject({ connection: { endpoint }, version: "3.6.0" });
    expect(await shared.open()).toBe(cluster);
    await shared.stop();
    expect(asked).toStrictEqual(["GET /"]);
    expect(said).toStrictEqual([`OpenSearch 3.6.0 at ${endpoint}`]);
  });

  it("says why there is none, to each case that asks", async () => {
    vi.stubEnv(OPENSEARCH_VARIABLE, "");
    const shared = new SharedCluster({ noOpenSearch: "Java is missing" }, () => undefined);
    const refusal = new Error("There is no OpenSearch outside Docker: Java is missing");
    await expect(shared.open()).rejects.toThrow(refusal);
    await expect(shared.open()).rejects.toThrow(refusal);
    await shared.stop();
  });

  it("is not up while a case boots servers of its own: such cases come first", () => {
    const own = cases.map(({ bootsItsOwn }) => bootsItsOwn === true);
    expect(own).toStrictEqual(own.toSorted((a, b) => Number(b) - Number(a)));
    expect(own[0]).toBe(true);
  });
});
