import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { ServerError, UnexpectedAnswerError, UnreachableError } from "../../../clients/errors";
import { clusterInfo } from "../../../clients/opensearch/cluster";
import { openSearch, passwordOf } from "../../../clients/opensearch/connect";
import { usersOfModel } from "../../../clients/opensearch/model-users";
import { isMissing, orMissing } from "../../../clients/opensearch/refusal";
import type { OpenSearchServer } from "../../../clients/opensearch/server";

type Answer = (response: ServerResponse, path: string) => void;

let answer: Answer;
let headers: (string | undefined)[];
let http: Server;
let endpoint: string;

beforeEach(async () => {
  headers = [];
  http = createServer((request, response) => {
    headers.push(request.headers.authorization);
    answer(response, request.url ?? "");
  }).listen(0, "127.0.0.1");
  await once(http, "listening");
  endpoint = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
});

afterEach(async () => {
  vi.unstubAllEnvs();
  http.closeAllConnections();
  http.close();
  await once(http, "close");
});

function json(status: number, body: unknown): Answer {
  return (response) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  };
}

function text(status: number, body: string): Answer {
  return (response) => {
    response.writeHead(status, { "content-type": "text/plain" });
    response.end(body);
  };
}

function serverWith(more: object = {}): OpenSearchServer {
  return openSearch({ endpoint, maxRetries: 0, requestTimeoutSeconds: 5, ...more });
}

async function ask(server = serverWith()): Promise<unknown> {
  const call = server.call({
    method: "GET",
    path: "/x",
    answer: z.object({ ok: z.boolean() }),
    repeatable: true,
  });
  return await call.catch((error: unknown) => error);
}

describe("answers", () => {
  it("are typed", async () => {
    answer = json(200, { ok: true, more: 1 });
    expect(await ask()).toStrictEqual({ ok: true });
  });

  it("in another form are told as such", async () => {
    answer = json(200, { ok: "yes" });
    const failure = await ask();
    expect(failure).toBeInstanceOf(UnexpectedAnswerError);
    expect(failure).toHaveProperty(
      "message",
      expect.stringMatching(/^GET \/x answered in a form that is not understood: .*ok/s),
    );
  });

  it("that are no JSON are told as such", async () => {
    answer = (response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.end("{");
    };
    expect(await ask()).toBeInstanceOf(UnexpectedAnswerError);
  });
});

describe("refusals", () => {
  it.each([
    [
      "the usual form",
      json(400, { error: { type: "illegal_argument_exception", reason: "no", root_cause: [] }, status: 400 }),
      "GET /x answered 400 illegal_argument_exception: no",
    ],
    [
      "one without a reason",
      json(500, { error: { type: "null_pointer_exception", reason: null } }),
      "GET /x answered 500 null_pointer_exception: no reason given",
    ],
    [
      "a gateway's form",
      json(504, { error: { message: "upstream timed out", type: "timeout" } }),
      "GET /x answered 504 timeout: upstream timed out",
    ],
    [
      "one of all shards, which tell why",
      json(400, {
        error: {
          type: "search_phase_execution_exception",
          reason: "all shards failed",
          root_cause: [
            { type: "query_shard_exception", reason: "failed to create query: maxClauseCount is set to 1024" },
          ],
        },
      }),
      "GET /x answered 400 search_phase_execution_exception: all shards failed: failed to create query: maxClauseCount is set to 1024",
    ],
    [
      "one of all shards, in a form of its own",
      json(400, {
        error: { type: "search_phase_execution_exception", reason: "all shards failed", root_cause: "none" },
      }),
      "GET /x answered 400 search_phase_execution_exception: all shards failed",
    ],
    [
      "one whose error is a text",
      json(405, { error: "Incorrect HTTP method" }),
      "GET /x answered 405: Incorrect HTTP method",
    ],
    ["plain text", text(401, "Unauthorized\n"), "GET /x answered 401: Unauthorized"],
    ["nothing at all", text(503, ""), "GET /x answered 503: no reason given"],
    ["another JSON", json(404, { message: "x" }), 'GET /x answered 404: {"message":"x"}'],
  ])("%s is told in one line: $2", async (_what, how, message) => {
    answer = how;
    const failure = await ask();
    expect(failure).toBeInstanceOf(ServerError);
    expect(failure).toHaveProperty("message", message);
  });

  it("of great length are cut", async () => {
    answer = text(502, "x".repeat(10_000));
    expect(await ask()).toHaveProperty("reason", "x".repeat(500));
  });
});

describe("no answer", () => {
  it("within the time limit may have arrived", async () => {
    answer = () => undefined;
    const failure = await ask(serverWith({ requestTimeoutSeconds: 0.05 }));
    expect(failure).toBeInstanceOf(UnreachableError);
    expect(failure).toMatchObject({ reason: "no answer within the time limit", mayHaveArrived: true });
    expect(failure).toHaveProperty("message", `GET /x: no answer from ${endpoint}: no answer within the time limit`);
  });

  it("since the connection broke may have arrived", async () => {
    answer = (response) => response.destroy();
    expect(await ask()).toMatchObject({ reason: "socket hang up", mayHaveArrived: true });
  });

  it("since nothing listens never arrived", async () => {
    const failure = await ask(serverWith({ endpoint: "http://127.0.0.1:9" }));
    expect(failure).toMatchObject({ reason: "connect ECONNREFUSED 127.0.0.1:9", mayHaveArrived: false });
  });
});

describe("an error", () => {
  it.each([
    [new ServerError(404, "", "Failed to find model", "GET /x"), true],
    [new ServerError(500, "", "Failed to get data object from index .plugins-ml-model", "GET /x"), false],
    [new ServerError(404, "", "Failed to get data object from index .plugins-ml-model", "POST /x"), false],
    [new ServerError(500, "", "boom", "GET /x"), false],
    [new UnreachableError("http://h", "gone", "GET /x", "never-arrived"), false],
    [new TypeError("x"), false],
  ])("%s is taken for a missing object: %s", async (error, missing) => {
    expect(isMissing(error)).toBe(missing);
    const outcome = await orMissing(Promise.reject(error)).catch((thrown: unknown) => thrown);
    expect(outcome).toBe(missing ? undefined : error);
  });
});

describe("connections", () => {
  it("send user and password, whatever characters they hold", async () => {
    answer = json(200, { ok: true });
    const password = 'p"ä:@/ %';
    await ask(serverWith({ username: "ops", password }));
    expect(headers).toStrictEqual([`Basic ${Buffer.from(`ops:${password}`).toString("base64")}`]);
  });

  it("without a user send none, though an override is set", async () => {
    vi.stubEnv("OLLAMA_CHAT_OPENSEARCH_PASSWORD", "three");
    answer = json(200, { ok: true });
    await ask(serverWith());
    expect(headers).toStrictEqual([undefined]);
  });

  it("take the override before the variable, and the variable before nothing", () => {
    vi.stubEnv("TEST_PASSWORD", "from-variable");
    expect(passwordOf({ endpoint, password: "stored" })).toBe("stored");
    expect(passwordOf({ endpoint, passwordEnv: "TEST_PASSWORD" })).toBe("from-variable");
    vi.stubEnv("OLLAMA_CHAT_OPENSEARCH_PASSWORD", "overriding");
    expect(passwordOf({ endpoint, password: "stored" })).toBe("overriding");
    expect(passwordOf({ endpoint, passwordEnv: "TEST_PASSWORD" })).toBe("overriding");
  });
});

describe("the cluster's identity", () => {
  const info = { cluster_uuid: "u", version: { number: "3.4.0", build_type: "tar" } };

  it("is asked once, also by many at a time", async () => {
    let asked = 0;
    answer = (response, path) => {
      asked += 1;
      json(200, info)(response, path);
    };
    const server = serverWith();
    const all = await Promise.all([clusterInfo(server), clusterInfo(server), clusterInfo(server)]);
    expect(all[0]).toStrictEqual({ clusterUuid: "u", version: "3.4.0" });
    await clusterInfo(server);
    expect(asked).toBe(1);
  });

  it("is not told by a node that is in no cluster, which is asked again until it is", async () => {
    answer = json(200, { ...info, cluster_uuid: "_na_" });
    const server = serverWith();
    await expect(clusterInfo(server)).rejects.toThrow(
      "GET / answered 503: the node is in no cluster yet (cluster_uuid _na_)",
    );
    let asked = 0;
    answer = (response, path) => {
      asked += 1;
      json(200, asked === 1 ? { ...info, cluster_uuid: "_na_" } : info)(response, path);
    };
    await expect(clusterInfo(serverWith({ maxRetries: 1 }))).resolves.toMatchObject({ clusterUuid: "u" });
    expect(asked).toBe(2);
  });

  it("is asked again after a failure", async () => {
    answer = text(503, "starting");
    const server = serverWith();
    await expect(clusterInfo(server)).rejects.toThrow("GET / answered 503: starting");
    answer = json(200, info);
    await expect(clusterInfo(server)).resolves.toMatchObject({ clusterUuid: "u" });
  });
});

describe("what names a model", () => {
  const hits = (...found: object[]) => ({ hits: { hits: found } });

  it("is found in search pipelines, ingest pipelines and agents", async () => {
    answer = (response, path) => {
      if (path.startsWith("/_search/pipeline"))
        return json(200, { rag: { p: [{ model_id: "m1" }] }, other: {} })(response, path);
      if (path.startsWith("/_ingest/pipeline"))
        return json(200, { embed: { m: "m1" }, near: { m: "m12" } })(response, path);
      return json(200, hits({ _id: "a1", _source: { llm: { model_id: "m1" } } }, { _id: "a2", _source: {} }))(
        response,
        path,
      );
    };
    expect(await usersOfModel(serverWith(), "m1")).toStrictEqual([
      "search pipeline rag",
      "ingest pipeline embed",
      "agent a1",
    ]);
  });

  it("is not known where the server will not tell", async () => {
    answer = json(403, { error: { type: "security_exception", reason: "no permissions" } });
    await expect(usersOfModel(serverWith(), "m1")).rejects.toThrow("answered 403 security_exception: no permissions");
  });

  it.each([
    [400, { error: "no handler found for uri [/_search/pipeline] and method [GET]" }],
    [404, {}],
    [404, { error: { type: "index_not_found_exception", reason: "no such index [.plugins-ml-agent]" } }],
    [405, { error: "Incorrect HTTP method for uri [/_search/pipeline]" }],
    [
      403,
      { error: { type: "illegal_state_exception", reason: "Agent Framework is currently disabled. To enable it," } },
    ],
  ])("is nothing where the server has nothing of that kind (%i %j)", async (status, body) => {
    answer = json(status, body);
    expect(await usersOfModel(serverWith(), "m1")).toStrictEqual([]);
  });

  it("is not known where it does not answer", async () => {
    answer = (response) => response.destroy();
    await expect(usersOfModel(serverWith(), "m1")).rejects.toThrow(UnreachableError);
  });
});
