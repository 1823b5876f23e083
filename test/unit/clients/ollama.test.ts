import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DeadlineError, ServerError, UnexpectedAnswerError, UnreachableError } from "../../../clients/errors";
import { deleteModel, findModel, loadModel, serverVersion, untilServerAnswers } from "../../../clients/ollama/models";
import { isModelName, listedName, sameModel } from "../../../clients/ollama/names";
import { bytes, type ProgressEvent, progressLines } from "../../../clients/ollama/progress";
import { OllamaServer } from "../../../clients/ollama/server";
import { createModel, pullModel } from "../../../clients/ollama/streams";
import { Deadline } from "../../../clients/wait";
import { FakeOllama, pullLines } from "./ollama-fake";

let fake: FakeOllama;
let server: OllamaServer;

beforeEach(async () => {
  fake = await new FakeOllama().start();
  server = new OllamaServer(fake.endpoint);
});

afterEach(async () => {
  await fake.stop();
});

const soon = () => Deadline.after(10_000);

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    () => expect.unreachable("it should have failed"),
    (error: unknown) => error,
  );
}

describe("names", () => {
  it.each([
    ["smollm2", "smollm2:latest"],
    ["smollm2:135m", "smollm2:135m"],
    ["library/smollm2:135m", "smollm2:135m"],
    ["me/mine", "me/mine:latest"],
    ["127.0.0.1:5001/library/smollm2:135m", "127.0.0.1:5001/library/smollm2:135m"],
    ["http://127.0.0.1:5001/library/smollm2:135m", "127.0.0.1:5001/library/smollm2:135m"],
    ["hf.co/org/Model-GGUF:Q4_K_M", "hf.co/org/Model-GGUF:Q4_K_M"],
  ])("%s is listed as %s", (given, listed) => {
    expect(isModelName(given)).toBe(true);
    expect(listedName(given)).toBe(listed);
  });

  it.each(["", " ", "a b", ":135m", "smollm2:", "127.0.0.1:5001/smollm2:135m", "a/b/c/d", "-x", "x:t:u", "x@sha256:1"])(
    "%j is no model's name",
    (text) => expect(isModelName(text)).toBe(false),
  );

  it("case and the tag latest make no difference", () => {
    expect(sameModel("SmolLM2", "smollm2:latest")).toBe(true);
    expect(sameModel("smollm2:135m", "smollm2:360m")).toBe(false);
  });
});

describe("progress", () => {
  function linesFor(events: readonly ProgressEvent[]): string[] {
    const lines: string[] = [];
    const onEvent = progressLines((line) => lines.push(line));
    for (const event of events) onEvent(event);
    return lines;
  }

  it("a pull is a handful of lines", () => {
    expect(linesFor(pullLines() as ProgressEvent[])).toEqual([
      "pulling b179c9523d0e: 98 MB",
      "pulling b179c9523d0e: 30 % (30 MB of 98 MB)",
      "pulling b179c9523d0e: 59 % (59 MB of 98 MB)",
      "pulling b179c9523d0e: 80 % (79 MB of 98 MB)",
      "pulling b179c9523d0e: 100 % (98 MB of 98 MB)",
      "verifying sha256 digest",
    ]);
  });

  it("from 1 GB every tenth is told, and no more, however many events come", () => {
    const layer = { status: "pulling aa", digest: "sha256:aa", total: 4_700_000_000 };
    const events = Array.from({ length: 5_001 }, (_, i) => ({ ...layer, completed: (layer.total / 5_000) * i }));
    expect(linesFor(events)).toHaveLength(11);
  });

  it("on a slow line percents are told every ten seconds, though no tenth is reached", () => {
    const layer = { status: "pulling aa", digest: "sha256:aa", total: 4_700_000_000 };
    const clock = vi.spyOn(performance, "now");
    const lines: string[] = [];
    const onEvent = progressLines((line) => lines.push(line));
    for (let second = 0; second <= 30; second += 1) {
      clock.mockReturnValue(second * 1000);
      onEvent({ ...layer, completed: second * 10_000_000 });
    }
    clock.mockRestore();
    expect(lines).toEqual([
      "pulling aa: 4.7 GB",
      "pulling aa: 2 % (100 MB of 4.7 GB)",
      "pulling aa: 4 % (200 MB of 4.7 GB)",
      "pulling aa: 6 % (300 MB of 4.7 GB)",
    ]);
  });

  it("a layer that the server has already says so once", () => {
    const layer = { status: "pulling aa", digest: "sha256:aa", total: 98_000_000, completed: 98_000_000 };
    expect(linesFor([layer, layer])).toEqual(["pulling aa: already there, 98 MB"]);
  });

  it("sizes read as Ollama shows them", () => {
    expect([488, 98_363_149, 4_700_000_000].map(bytes)).toEqual(["0 kB", "98 MB", "4.7 GB"]);
  });
});

describe("requests", () => {
  it("a refusal carries the status and the server's words", async () => {
    fake.refuse("GET /api/version", 500, '{"error":"disk on fire"}');
    const error = await failure(serverVersion(server));
    expect(error).toEqual(new ServerError(500, "", "disk on fire", "GET /api/version", "ollama"));
  });

  it("a refused connection is an unreachable server that the request never reached", async () => {
    const { endpoint } = server;
    await fake.stop();
    const error = await failure(serverVersion(server));
    expect(error).toBeInstanceOf(UnreachableError);
    expect(error).toMatchObject({ endpoint, mayHaveArrived: false, reason: expect.stringContaining("ECONNREFUSED") });
  });

  it("an answer of another shape is not understood", async () => {
    fake.refuse("GET /api/version", 200, '{"hello":1}');
    expect(await failure(serverVersion(server))).toBeInstanceOf(UnexpectedAnswerError);
    fake.refuse("GET /api/version", 200, "<html>");
    expect(await failure(serverVersion(server))).toBeInstanceOf(UnexpectedAnswerError);
  });

  it("waits until a server that starts late answers", async () => {
    const { endpoint } = server;
    await fake.stop();
    const waiting = untilServerAnswers(new OllamaServer(endpoint), soon());
    fake = await new FakeOllama().start(Number(new URL(endpoint).port));
    await waiting;
    expect(fake.requests).toEqual(["GET /api/version"]);
  });

  it("waits while a proxy says that the server is not up", async () => {
    fake.refuse("GET /api/version", 503, "starting");
    await untilServerAnswers(server, soon());
    expect(fake.requests).toHaveLength(2);
  });

  it("does not wait for something that is not Ollama", async () => {
    fake.refuse("GET /api/version", 404, "404 page not found");
    expect(await failure(untilServerAnswers(server, soon()))).toEqual(
      new ServerError(404, "", "404 page not found", "GET /api/version", "ollama"),
    );
  });

  it("a wait ends at its deadline and says what was seen last", async () => {
    const { endpoint } = server;
    await fake.stop();
    const error = await failure(untilServerAnswers(server, Deadline.after(100)));
    const port = new URL(endpoint).port;
    const last = `connect ECONNREFUSED 127.0.0.1:${port}`;
    expect(error).toBeInstanceOf(DeadlineError);
    expect(error).toHaveProperty("message", `Waited 0.1 s for Ollama at ${endpoint} to answer; last seen: ${last}`);
    expect(error).toHaveProperty("failure.last.kind", "never-arrived");
  });

  it("finds a model by name, whatever its case", async () => {
    fake.add("smollm2:135m");
    fake.add("Tiny:latest");
    expect((await findModel(server, "library/smollm2:135m"))?.name).toBe("smollm2:135m");
    expect((await findModel(server, "tiny"))?.name).toBe("Tiny:latest");
    expect(await findModel(server, "smollm2:360m")).toBeUndefined();
  });

  it("deleting a model that is not there succeeds, and another refusal does not", async () => {
    await deleteModel(server, "nosuch:1");
    fake.refuse("DELETE /api/delete", 500, '{"error":"remove: permission denied"}');
    expect(await failure(deleteModel(server, "x:1"))).toMatchObject({
      status: 500,
      reason: "remove: permission denied",
    });
  });

  it("a bare number as keepAlive goes as a number, a duration as text", async () => {
    fake.add("m:1");
    for (const keepAlive of ["-1", "5m", undefined]) await loadModel(server, { model: "m:1", keepAlive }, soon());
    expect(fake.bodies.map((body) => body.keep_alive)).toEqual([-1, "5m", undefined]);
  });

  it("an embedding model, which refuses to generate, is loaded by embed", async () => {
    fake.add("all-minilm:latest");
    fake.refuse("POST /api/generate", 400, JSON.stringify({ error: '"all-minilm" does not support generate' }));
    await loadModel(server, { model: "all-minilm", keepAlive: "5m" }, soon());
    expect(fake.requests).toEqual(["POST /api/generate", "POST /api/embed"]);
    expect(fake.bodies[1]).toEqual({ model: "all-minilm", input: [], keep_alive: "5m" });
  });
});

describe("pull", () => {
  it("sends each event on and ends with success", async () => {
    fake.registry.set("smollm2:135m", "e".repeat(64));
    const events: ProgressEvent[] = [];
    await pullModel(server, "smollm2:135m", true, { deadline: soon(), onEvent: (event) => events.push(event) });
    expect(events).toEqual(pullLines());
    expect(fake.bodies).toEqual([{ name: "smollm2:135m", stream: true, insecure: true }]);
  });

  it("an error line is a refusal in the registry's words, and is not repeated", async () => {
    const error = await failure(pullModel(server, "smollm2:999m", false, { deadline: soon() }));
    expect(error).toEqual(
      new ServerError(200, "", "pull model manifest: file does not exist", "POST /api/pull", "ollama"),
    );
    expect(fake.requests).toHaveLength(1);
  });

  it.each([
    ["a broken connection", { lines: [{ status: "pulling manifest" }], end: "break" as const }],
    ["an answer that ends early", { lines: [{ status: "pulling manifest" }] }],
    ["a passing error of the network", { lines: [{ error: "max retries exceeded: unexpected EOF" }] }],
  ])("%s is followed by another try", async (_name, script) => {
    fake.registry.set("m:1", "e".repeat(64));
    fake.pulls.push(script);
    await pullModel(server, "m:1", false, { deadline: soon(), pauseSeconds: 0 });
    expect(fake.requests).toHaveLength(2);
    expect(fake.models.has("m:1")).toBe(true);
  });

  it("gives up after four tries", async () => {
    for (let i = 0; i < 4; i += 1) fake.pulls.push({ lines: [{ status: "pulling manifest" }], end: "break" });
    const error = await failure(pullModel(server, "m:1", false, { deadline: soon(), pauseSeconds: 0 }));
    expect(error).toBeInstanceOf(UnreachableError);
    expect(fake.requests).toHaveLength(4);
  });

  it("a download that stands still is ended, with the last thing seen", async () => {
    const layer = { status: "pulling aa", digest: "sha256:aa", total: 100, completed: 40 };
    fake.pulls.push({ lines: [layer, layer], end: "hang" });
    const error = await failure(pullModel(server, "m:1", false, { deadline: soon(), idleSeconds: 0.05 }));
    const waited = { server: "ollama", kind: "stalled", request: "POST /api/pull" } as const;
    expect(error).toEqual(new DeadlineError("POST /api/pull to go on", 0.05, "pulling aa, 40 of 100", waited));
  });

  it("checking the digest may be silent for long; only the deadline ends it", async () => {
    fake.pulls.push({ lines: [{ status: "verifying sha256 digest" }], end: "hang" });
    const deadline = Deadline.after(400);
    const error = await failure(pullModel(server, "m:1", false, { deadline, idleSeconds: 0.2 }));
    const waited = { server: "ollama", kind: "deadline", request: "POST /api/pull" } as const;
    expect(error).toEqual(new DeadlineError("POST /api/pull to end", 0.4, "verifying sha256 digest", waited));
  });

  it("an event of another shape is not understood", async () => {
    fake.pulls.push({ lines: [{ status: 7 }] });
    expect(await failure(pullModel(server, "m:1", false, { deadline: soon() }))).toBeInstanceOf(UnexpectedAnswerError);
  });
});

describe("create", () => {
  it("sends the recipe as given", async () => {
    const parameters = { temperature: 0, stop: ["a", "b"] };
    await createModel(server, { model: "terse:1", from: "m:1", system: "Short.", parameters }, { deadline: soon() });
    expect(fake.bodies).toEqual([{ model: "terse:1", from: "m:1", system: "Short.", parameters, stream: true }]);
    expect(fake.models.get("terse:1")?.system).toBe("Short.");
  });
});
