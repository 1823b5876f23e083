import { existsSync, readFileSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { findModel } from "../../../clients/ollama/models";
import { OllamaServer } from "../../../clients/ollama/server";
import { openSearch } from "../../../clients/opensearch/connect";
import { Deadline, waitFor } from "../../../clients/wait";
import { toResourceProvider } from "../../../providers/dynamic/adapter";
import { oneAtATime } from "../../../providers/shared/run-memory";
import { listen } from "../../../tools/bench/trace-listener";
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
});

afterEach(async () => {
  vi.restoreAllMocks();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const written = z.looseObject({
  v: z.literal(1),
  pid: z.int(),
  startMs: z.number(),
  durationMs: z.number(),
  kind: z.enum(["process", "provider", "request", "wait"]),
});

function records(): z.infer<typeof written>[] {
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  return lines.map((line) => written.parse(JSON.parse(line)));
}

/** A record without what differs from run to run. */
function essence(record: z.infer<typeof written>): object {
  const { v: _v, pid: _pid, startMs: _start, durationMs: _duration, ...rest } = record;
  return rest;
}

function openSearchOn(endpoint: string) {
  return openSearch({ endpoint, username: "admin", password: SECRET, maxRetries: 2, requestTimeoutSeconds: 5 });
}

async function ask(endpoint: string, path: string): Promise<unknown> {
  const call = openSearchOn(endpoint).call({
    method: "GET",
    path,
    answer: z.object({ ok: z.boolean() }),
    repeatable: true,
  });
  return await call.catch((error: unknown) => error);
}

describe("to a file", () => {
  beforeEach(() => listen(file));

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
    await findModel(new OllamaServer(server.endpoint), "m").catch(() => undefined);
    await vi.waitFor(() => expect(records()).toHaveLength(1));
    expect(records().map(essence)).toStrictEqual([
      { kind: "request", server: "ollama", request: "GET /api/tags", status: 200, try: 1 },
    ]);
  });

  it("a wait tells what for and how many looks it took; what shows at once was not waited for", async () => {
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
    await Promise.all([oneAtATime("the group", async () => 1), oneAtATime("the group", async () => 2)]);
    expect(records().map(essence)).toStrictEqual([{ kind: "wait", waitingFor: "the turn at the group", looks: 0 }]);
  });

  it("calls of the engine are records, requests inside them name the resource, and the first tells of the process", async () => {
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
    // As in a process of its own: it is told once in each.
    vi.resetModules();
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
    const start = records().find(({ kind }) => kind === "process");
    const names = ["startMs", "nodeReadyMs", "sdkLoadedMs", "firstModuleMs", "firstCallMs"];
    const inOrder = names.map((name) => Number(start?.[name]));
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
  it("a file that cannot be written is told once, and the work goes on", async () => {
    const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
    listen(join(folder, "missing", "trace.jsonl"));
    await expect(ask(server.endpoint, "/x")).resolves.toStrictEqual({ ok: true });
    await expect(ask(server.endpoint, "/x")).resolves.toStrictEqual({ ok: true });
    expect(said.mock.calls).toStrictEqual([
      [expect.stringMatching(/^warning: OLLAMA_CHAT_TRACE: no trace is written: ENOENT: /)],
    ]);
  });

  it.runIf(existsSync("/dev/full"))("a disk that is full ends the trace, not the work", async () => {
    const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
    listen("/dev/full");
    await expect(ask(server.endpoint, "/x")).resolves.toStrictEqual({ ok: true });
    await expect(ask(server.endpoint, "/x")).resolves.toStrictEqual({ ok: true });
    expect(said.mock.calls).toStrictEqual([
      [expect.stringMatching(/^warning: OLLAMA_CHAT_TRACE: no trace is written: ENOSPC: /)],
    ]);
  });
});
