import { existsSync, readFileSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { TRACE_VARIABLE } from "../../../clients/trace";
import { type TraceRecord, traceRecord } from "../../../clients/trace-record";
import { LoopbackServer } from "../../support/loopback-server";

const SECRET = "Hunter2-Hunter2";
const urn = "urn:pulumi:dev::chat::ollamachat:index:OllamaChatStack$pulumi-nodejs:dynamic/ollamachat:Connector::chat";

/** Refuses the first request of each path with a conflict, and answers the others. */
class Server extends LoopbackServer {
  readonly #seen = new Set<string>();

  protected answer(...[request, , response]: Parameters<LoopbackServer["answer"]>): void {
    const path = request.url ?? "";
    const first = !this.#seen.has(path) && path === "/conflict";
    this.#seen.add(path);
    const body = first
      ? { error: { type: "x", reason: "version conflict" }, status: 409 }
      : { ok: true, models: [{ name: "m" }] };
    response.writeHead(first ? 409 : 200, { "content-type": "application/json" }).end(JSON.stringify(body));
  }
}

let folder: string;
let file: string;
let server: Server;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ollama-chat-trace-"));
  file = join(folder, "trace.jsonl");
  server = await new Server().start();
  // The switch is read when the module is loaded, as it is in a process of its own.
  vi.resetModules();
});

afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

function records(): TraceRecord[] {
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  return lines.map((line) => traceRecord.parse(JSON.parse(line)));
}

/** A record without what differs from run to run. */
function essence(record: TraceRecord): object {
  const { v: _v, pid: _pid, startMs: _start, durationMs: _duration, ...rest } = record;
  return rest;
}

async function openSearchOn(endpoint: string) {
  const { openSearch } = await import("../../../clients/opensearch/connect.js");
  return openSearch({ endpoint, username: "admin", password: SECRET, maxRetries: 2, requestTimeoutSeconds: 5 });
}

async function ask(endpoint: string, path: string): Promise<unknown> {
  const call = (await openSearchOn(endpoint)).call({
    method: "GET",
    path,
    answer: z.object({ ok: z.boolean() }),
    repeatable: true,
  });
  return await call.catch((error: unknown) => error);
}

describe("with the switch on", () => {
  beforeEach(() => vi.stubEnv(TRACE_VARIABLE, file));

  it("each try of an OpenSearch request is a record, with its status", async () => {
    await ask(server.endpoint, "/conflict");
    expect(records().map(essence)).toStrictEqual([
      { kind: "request", server: "opensearch", request: "GET /conflict", status: 409, try: 1 },
      { kind: "request", server: "opensearch", request: "GET /conflict", status: 200, try: 2 },
    ]);
  });

  it("a request without an answer has no status", async () => {
    // A port that no system gives to a server by itself, so nobody takes it meanwhile.
    await ask("http://127.0.0.1:9", "/x");
    const tries = records().map(essence);
    expect(tries).toHaveLength(3);
    expect(tries[2]).toStrictEqual({ kind: "request", server: "opensearch", request: "GET /x", try: 3 });
  });

  it("a request to Ollama is a record once its whole answer is there", async () => {
    const { OllamaServer } = await import("../../../clients/ollama/server.js");
    const { findModel } = await import("../../../clients/ollama/models.js");
    await findModel(new OllamaServer(server.endpoint), "m").catch(() => undefined);
    await vi.waitFor(() => expect(records()).toHaveLength(1));
    expect(records().map(essence)).toStrictEqual([
      { kind: "request", server: "ollama", request: "GET /api/tags", status: 200, try: 1 },
    ]);
  });

  it("a wait tells what for and how many looks it took; what shows at once was not waited for", async () => {
    const { Deadline, waitFor } = await import("../../../clients/wait.js");
    const doneAtLook = (looks: number) => async () => {
      looks -= 1;
      return looks === 0 ? { done: true } : { last: "not yet" };
    };
    const deadline = Deadline.after(5_000);
    await waitFor(doneAtLook(1), { waitingFor: "nothing", deadline, startMilliseconds: 1 });
    await waitFor(doneAtLook(3), { waitingFor: "the third look", deadline, startMilliseconds: 1 });
    expect(records().map(essence)).toStrictEqual([{ kind: "wait", waitingFor: "the third look", looks: 3 }]);
  });

  it("a task that stands in a queue waits for its turn", async () => {
    const { oneAtATime } = await import("../../../providers/shared/run-memory.js");
    await Promise.all([oneAtATime("the group", async () => 1), oneAtATime("the group", async () => 2)]);
    expect(records().map(essence)).toStrictEqual([{ kind: "wait", waitingFor: "the turn at the group", looks: 0 }]);
  });

  it("calls of the engine are records, requests inside them name the resource, and the first tells of the process", async () => {
    const { toResourceProvider } = await import("../../../providers/dynamic/adapter.js");
    const { endpoint } = server;
    const provider = toResourceProvider({
      check: (inputs) => ({ inputs: inputs as object, failures: [] }),
      diff: () => ({ changes: false }),
      create: async () => {
        await ask(endpoint, "/x");
        return { id: "1", state: {} };
      },
      read: async () => undefined,
      update: async () => {
        throw new Error("no");
      },
      delete: async () => undefined,
    });
    await provider.check?.({}, { owner: urn });
    await provider.create({ owner: urn });
    await expect(provider.update?.("1", { owner: urn }, { owner: urn })).rejects.toThrow("no");
    const [start, ...calls] = records();
    expect(start).toMatchObject({ kind: "process", nodeVersion: process.versions.node, pid: process.pid });
    const memory = { rssBytes: expect.any(Number) };
    const connector = { kind: "provider", type: "Connector", name: "chat", urn, ...memory };
    expect(calls.map(essence)).toStrictEqual([
      { ...connector, op: "check", ok: true },
      { kind: "request", server: "opensearch", request: "GET /x", status: 200, try: 1, urn },
      { ...connector, op: "create", ok: true },
      { ...connector, op: "update", ok: false },
    ]);
  });

  it("the start of a process is told in the order in which it happened", async () => {
    const { toResourceProvider } = await import("../../../providers/dynamic/adapter.js");
    const nothing = async () => undefined;
    const check = () => ({ inputs: {}, failures: [] });
    const provider = toResourceProvider({
      check,
      diff: () => ({ changes: false }),
      create: async () => ({ id: "1", state: {} }),
      read: nothing,
      update: async () => ({}),
      delete: nothing,
    });
    await provider.check?.({}, {});
    const start = records()[0];
    if (start?.kind !== "process") throw new Error("the first record is that of the process");
    const { startMs, nodeReadyMs, sdkLoadedMs, firstModuleMs, firstCallMs } = start;
    const inOrder = [startMs, nodeReadyMs, sdkLoadedMs, firstModuleMs, firstCallMs];
    expect(inOrder).toStrictEqual([...inOrder].sort((a, b) => a - b));
  });

  it("no password is in the file", async () => {
    await ask(server.endpoint, "/conflict");
    const text = readFileSync(file, "utf8");
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain(Buffer.from(`admin:${SECRET}`).toString("base64"));
  });
});

describe("without a file to write to", () => {
  it("nothing is traced when the switch is off", async () => {
    vi.stubEnv(TRACE_VARIABLE, "");
    const { tracing } = await import("../../../clients/trace.js");
    expect(tracing).toBe(false);
    await expect(ask(server.endpoint, "/x")).resolves.toStrictEqual({ ok: true });
  });

  it("a file that cannot be written is told once, and the work goes on", async () => {
    const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
    vi.stubEnv(TRACE_VARIABLE, join(folder, "missing", "trace.jsonl"));
    await expect(ask(server.endpoint, "/x")).resolves.toStrictEqual({ ok: true });
    expect(said.mock.calls).toStrictEqual([
      [expect.stringMatching(/^warning: OLLAMA_CHAT_TRACE: no trace is written: ENOENT: /)],
    ]);
  });

  it.runIf(existsSync("/dev/full"))("a disk that is full ends the trace, not the work", async () => {
    const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
    vi.stubEnv(TRACE_VARIABLE, "/dev/full");
    await expect(ask(server.endpoint, "/x")).resolves.toStrictEqual({ ok: true });
    await expect(ask(server.endpoint, "/x")).resolves.toStrictEqual({ ok: true });
    expect(said.mock.calls).toStrictEqual([
      [expect.stringMatching(/^warning: OLLAMA_CHAT_TRACE: no trace is written: ENOSPC: /)],
    ]);
  });
});
