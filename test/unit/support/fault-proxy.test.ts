import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LoopbackServer } from "../../support/loopback-server";
import { FaultProxy } from "../../support/opensearch/fault-proxy";
import type { FaultAction } from "../../support/opensearch/faults";

const ROOT = { name: "node", cluster_uuid: "the server's own", version: { number: "3.6.0" } };

/** Says what it was asked; its root is as OpenSearch's. */
class Behind extends LoopbackServer {
  readonly seen: string[] = [];

  protected answer(request: IncomingMessage, body: string, response: ServerResponse): void {
    const { method, url, headers } = request;
    this.seen.push(`${method} ${url}`);
    response.writeHead(url === "/" ? 200 : 201, { "content-type": "application/json", "x-seen": "yes" });
    response.end(JSON.stringify(url === "/" ? ROOT : { method, url, body, authorization: headers.authorization }));
  }
}

describe("the proxy that makes faults", () => {
  const lines: string[] = [];
  let behind: Behind;
  let proxy: FaultProxy;

  beforeEach(async () => {
    lines.length = 0;
    behind = await new Behind().start();
    proxy = await new FaultProxy(behind.endpoint, "of this test", (line) => lines.push(line)).start();
  });

  afterEach(async () => {
    await proxy.stop();
    await behind.stop();
  });

  const call = async (method: string, path: string, body?: string) => {
    const headers = { authorization: "Basic abc" };
    const answer = await fetch(`${proxy.url}${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
    return { status: answer.status, seen: answer.headers.get("x-seen"), body: (await answer.json()) as unknown };
  };
  const status = async (path: string) => (await call("GET", path)).status;
  const order = (action: FaultAction, more: { nth?: number; times?: number } = {}) =>
    proxy.faults.add({ match: { method: "get", path: "/a/*/b" }, action, ...more });

  it("passes on and back what no fault fits: method, path, query, headers, body, status", async () => {
    expect(await call("POST", "/a?b=c", "text")).toEqual({
      status: 201,
      seen: "yes",
      body: { method: "POST", url: "/a?b=c", body: "text", authorization: "Basic abc" },
    });
    expect(lines).toEqual(["POST /a?b=c 201"]);
  });

  it("gives the cluster an identity of the test's own", async () => {
    expect((await call("GET", "/")).body).toEqual({ ...ROOT, cluster_uuid: "of this test" });
    proxy.clusterUuid = "another";
    expect((await call("GET", "/")).body).toEqual({ ...ROOT, cluster_uuid: "another" });
  });

  it("hits the requests that fit, from the n-th on and so many times, and counts them", async () => {
    order({ kind: "status", status: 503 }, { nth: 2, times: 2 });
    expect(await status("/other")).toBe(201);
    expect((await call("POST", "/a/x/b", "{}")).status).toBe(201);
    expect([
      await status("/a/1/b"),
      await status("/a/2/b?q"),
      await status("/a/x/y/b"),
      await status("/a/4/b"),
    ]).toEqual([201, 503, 503, 201]);
    expect(proxy.faults.list()).toMatchObject([{ id: 1, seen: 4, hit: 2 }]);
    proxy.faults.clear();
    expect(proxy.faults.list()).toEqual([]);
  });

  it("hits every request where nothing is to be matched", async () => {
    proxy.faults.add({ times: 2, action: { kind: "status", status: 429 } });
    expect([await status("/"), await status("/x"), await status("/x")]).toEqual([429, 429, 201]);
  });

  it("refuses before the server sees anything", async () => {
    order({ kind: "refuse" });
    await expect(call("GET", "/a/1/b")).rejects.toThrow("fetch failed");
    expect(behind.seen).toEqual([]);
  });

  it("loses the answer of what the server has done", async () => {
    order({ kind: "drop-response" });
    await expect(call("GET", "/a/1/b")).rejects.toThrow("fetch failed");
    expect(behind.seen).toEqual(["GET /a/1/b"]);
  });

  it("never answers", async () => {
    order({ kind: "hang" });
    await expect(fetch(`${proxy.url}/a/1/b`, { signal: AbortSignal.timeout(20) })).rejects.toThrow("timeout");
    expect(behind.seen).toEqual([]);
  });

  it("answers with a status and a body, an error of OpenSearch's form unless told otherwise", async () => {
    order({ kind: "status", status: 500 });
    order({ kind: "status", status: 400, body: { say: 1 } }, { nth: 2 });
    const error = { type: "status_exception", reason: "fault ordered by a test: 500" };
    expect(await call("GET", "/a/1/b")).toEqual({
      status: 500,
      seen: null,
      body: { error: { root_cause: [error], ...error }, status: 500 },
    });
    expect(await call("GET", "/a/1/b")).toMatchObject({ status: 400, body: { say: 1 } });
    expect(behind.seen).toEqual([]);
  });

  it("passes on a delayed request", async () => {
    order({ kind: "delay", delayMs: 1 });
    expect(await status("/a/1/b")).toBe(201);
  });

  it("does something just before a request is passed on", async () => {
    order({ kind: "before", act: async () => void (await call("GET", "/first")) });
    expect(await status("/a/1/b")).toBe(201);
    expect(behind.seen).toEqual(["GET /first", "GET /a/1/b"]);
  });

  it("does something instead of passing a request on, and answers nothing", async () => {
    order({ kind: "instead", act: async () => void (await call("GET", "/first")) });
    await expect(call("GET", "/a/1/b")).rejects.toThrow("fetch failed");
    expect(behind.seen).toEqual(["GET /first"]);
  });

  it("does something after the server has done its work, and answers nothing", async () => {
    order({ kind: "after", act: async () => void (await call("GET", "/then")) });
    await expect(call("GET", "/a/1/b")).rejects.toThrow("fetch failed");
    expect(behind.seen).toEqual(["GET /a/1/b", "GET /then"]);
  });

  it("tells what may change something from what only looks, a search by POST among it", async () => {
    proxy.faults.add({ match: { isWrite: true }, times: 9, action: { kind: "status", status: 418 } });
    const answers = ["GET /a", "POST /a/_search", "POST /a", "PUT /a", "DELETE /a"].map((line) => line.split(" "));
    const seen = await Promise.all(answers.map(([method = "", path = ""]) => call(method, path)));
    expect(seen.map((answer) => answer.status)).toEqual([201, 201, 418, 418, 418]);
  });

  it("counts the requests that it is not done with, also when their sender has gone", async () => {
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    order({ kind: "before", act: () => held });
    await expect(fetch(`${proxy.url}/a/1/b`, { signal: AbortSignal.timeout(20) })).rejects.toThrow("timeout");
    expect([proxy.open, behind.seen]).toEqual([1, []]);
    letGo();
    await vi.waitFor(() => expect([proxy.open, behind.seen]).toEqual([0, ["GET /a/1/b"]]));
  });

  it("changes an answer, with the server's status or another", async () => {
    const answer = (body: unknown) => ({ was: (body as { url: string }).url });
    order({ kind: "rewrite", answer });
    order({ kind: "rewrite", status: 418, answer }, { nth: 2 });
    expect(await call("GET", "/a/1/b")).toMatchObject({ status: 201, body: { was: "/a/1/b" } });
    expect(await call("GET", "/a/2/b")).toMatchObject({ status: 418, body: { was: "/a/2/b" } });
  });

  it("changes the root's answer after it was given its identity", async () => {
    proxy.faults.add({ match: { path: "/" }, action: { kind: "rewrite", answer: (body) => ({ body }) } });
    expect((await call("GET", "/")).body).toEqual({ body: { ...ROOT, cluster_uuid: "of this test" } });
  });

  it("breaks the connection where the server behind is gone", async () => {
    await behind.stop();
    await expect(call("GET", "/a")).rejects.toThrow("fetch failed");
    expect(lines).toEqual([expect.stringMatching(/^GET \/a failed: .*ECONNREFUSED/)]);
    behind = await new Behind().start();
  });
});
