import { describe, expect, it, vi } from "vitest";
import { ollamaModelLifecycle as lifecycle } from "../../../../providers/ollama-model/lifecycle";
import { FakeOllama } from "../../clients/ollama-fake";
import { DIGEST, failure, fake, inputs, lines, made, NAME, OWNER } from "./ollama-model-support";

describe("update", () => {
  it("a moved tag is pulled again when the expected digest asks for it", async () => {
    const { id, state } = await made();
    const wanted = "9".repeat(64);
    fake.registry.set(NAME, wanted);
    const after = await lifecycle.update(id, state, inputs({ expectedDigest: wanted }));
    expect(after).toMatchObject({ digest: wanted, pulled: true });
  });

  it("switching the warm-up on pulls nothing", async () => {
    const { id, state } = await made();
    const news = inputs({ warmUp: true });
    expect(lifecycle.diff(id, state, news)).toEqual({ changes: true, replaces: [] });
    fake.requests.length = 0;
    const after = await lifecycle.update(id, state, news);
    expect(fake.writes).toEqual(["POST /api/generate"]);
    expect(lifecycle.diff(id, after, news).changes).toBe(false);
  });

  it("another model replaces the resource; the same one written otherwise does not", async () => {
    const { id, state } = await made();
    expect(lifecycle.diff(id, state, inputs({ model: "qwen2:0.5b" }))).toEqual({ changes: true, replaces: ["model"] });
    expect(lifecycle.diff(id, state, inputs({ model: "library/SmolLM2:135m" })).changes).toBe(false);
  });

  it("an endpoint that leads to the same server keeps the model and its owner", async () => {
    const { id, state } = await made();
    const news = inputs({ endpoint: fake.endpoint.replace("127.0.0.1", "localhost") });
    expect(lifecycle.diff(id, state, news)).toEqual({ changes: true, replaces: [] });
    fake.requests.length = 0;
    const after = await lifecycle.update(id, state, news);
    expect(after).toEqual({ ...state, endpoint: news.endpoint });
    expect(fake.writes).toEqual([]);
  });

  it("another server gets the model, and the old one loses what was pulled to it", async () => {
    const { id, state } = await made();
    const other = await new FakeOllama().start();
    try {
      other.registry.set(NAME, DIGEST);
      const after = await lifecycle.update(id, state, inputs({ endpoint: other.endpoint }));
      expect(after).toMatchObject({ endpoint: other.endpoint, pulled: true });
      expect([other.models.has(NAME), fake.models.has(NAME)]).toEqual([true, false]);
    } finally {
      await other.stop();
    }
  });

  it("another server that has the same build already keeps it when the resource goes", async () => {
    const { id, state } = await made();
    const other = await new FakeOllama().start();
    try {
      other.add("first:1");
      other.add(NAME, { digest: DIGEST });
      const after = await lifecycle.update(id, state, inputs({ endpoint: other.endpoint }));
      expect(after.pulled).toBe(false);
    } finally {
      await other.stop();
    }
  });

  it("an old server that is gone is a warning", async () => {
    const { id, state } = await made();
    const other = await new FakeOllama().start();
    try {
      other.registry.set(NAME, DIGEST);
      const port = new URL(state.endpoint).port;
      const news = inputs({ endpoint: other.endpoint });
      await fake.stop();
      await lifecycle.update(id, state, news);
      expect(lines.at(-1)).toBe(
        `OllamaModel smollm2:135m: warning: not removed from ${state.endpoint}: GET /api/tags: no answer from ${state.endpoint}: connect ECONNREFUSED 127.0.0.1:${port}`,
      );
    } finally {
      await other.stop();
    }
  });
});

describe("delete", () => {
  it("removes what it pulled, and succeeds when that is gone", async () => {
    const { id, state } = await made();
    await lifecycle.delete(id, state);
    expect(fake.models.size).toBe(0);
    await lifecycle.delete(id, state);
  });

  it("leaves what it found, and does not even need the server for that", async () => {
    fake.add(NAME);
    const { id, state } = await made();
    await fake.stop();
    await lifecycle.delete(id, state);
    expect(fake.models.has(NAME)).toBe(true);
  });

  it.each([undefined, true])(
    "with retainOnDelete %s the model stays, where others may use it, and that is said",
    async (retainOnDelete) => {
      const { id, state } = await made({ retainOnDelete });
      await lifecycle.delete(id, state);
      expect(fake.models.has(NAME)).toBe(true);
      expect(lines.at(-1)).toBe(
        "OllamaModel smollm2:135m: stays on the server, because others may use it; retainOnDelete: false would remove it",
      );
    },
  );

  it("two stacks on one server, in any order: the one that goes takes nothing from the one that stays", async () => {
    for (const first of [0, 1]) {
      const stacks = [await made({ retainOnDelete: undefined }), await made({ retainOnDelete: undefined })];
      const [goes, remains] = first === 0 ? stacks : stacks.reverse();
      if (goes === undefined || remains === undefined) return expect.unreachable("there are two");
      await lifecycle.delete(goes.id, goes.state);
      expect(await lifecycle.read(remains.id, remains.state)).toBeDefined();
    }
  });

  it("what an older state says was pulled stays too", async () => {
    const { id, state } = await made();
    const { retainOnDelete: _, ...older } = state;
    await lifecycle.delete(id, older);
    expect(fake.models.has(NAME)).toBe(true);
  });

  it("takes a warmed-up model out of memory first", async () => {
    const { id, state } = await made({ warmUp: true, keepAlive: "-1" });
    fake.requests.length = 0;
    await lifecycle.delete(id, state);
    expect(fake.writes).toEqual(["POST /api/generate", "DELETE /api/delete"]);
    expect(fake.bodies.at(-2)).toMatchObject({ keep_alive: 0 });
  });

  it("a resource that a create of the same update stands in for does not take the model from it", async () => {
    const old = await made();
    const successor = await made();
    await lifecycle.delete(old.id, old.state);
    expect(fake.models.has(NAME)).toBe(true);
    expect(lines.at(-1)).toBe(
      "OllamaModel smollm2:135m: stays on the server, because another resource of this program uses it; it will not be removed later",
    );
    expect(await lifecycle.read(successor.id, successor.state)).toBeDefined();
  });

  it("a resource that leaves the program does not take the model from another one that an earlier update made", async () => {
    const leaving = await made();
    const other = inputs({ owner: `${OWNER}-2` });
    const { id, state } = await lifecycle.create(other);
    expect(state.pulled).toBe(false);
    // A later update: a process of its own, which the engine asks about what stays before it deletes what goes.
    vi.resetModules();
    const { ollamaModelLifecycle: later } = await import("../../../../providers/ollama-model/lifecycle.js");
    expect(later.diff(id, state, other).changes).toBe(false);
    await later.delete(leaving.id, leaving.state);
    expect(fake.models.has(NAME)).toBe(true);
  });

  it.each([
    ["a slash at the end", (endpoint: string) => `${endpoint}/`],
    ["upper case", (endpoint: string) => endpoint.toUpperCase()],
    ["another name of this machine", (endpoint: string) => endpoint.replace("127.0.0.1", "localhost")],
  ])("a server is the same one with %s: the model stays for who uses it there", async (_how, spelled) => {
    const leaving = await made();
    vi.resetModules();
    const { ollamaModelLifecycle: later } = await import("../../../../providers/ollama-model/lifecycle.js");
    const other = inputs({ owner: `${OWNER}-2`, endpoint: spelled(fake.endpoint) });
    await later.create(other);
    await later.delete(leaving.id, leaving.state);
    expect(fake.models.has(NAME)).toBe(true);
  });

  it("a resource that leaves the program does not take the base model from another one", async () => {
    const leaving = await made({ model: "derived:1", from: NAME, system: "s" });
    expect(leaving.state.fromPulled).toBe(true);
    const other = inputs({ owner: `${OWNER}-2` });
    const { id, state } = await lifecycle.create(other);
    vi.resetModules();
    const { ollamaModelLifecycle: later } = await import("../../../../providers/ollama-model/lifecycle.js");
    later.diff(id, state, other);
    await later.delete(leaving.id, leaving.state);
    expect([fake.models.has(NAME), fake.models.has("derived:1")]).toEqual([true, false]);
    expect(lines.at(-1)).toBe(
      "OllamaModel smollm2:135m: stays on the server, because another resource of this program uses it; it will not be removed later",
    );
  });

  it("OLLAMA_CHAT_FORGET_UNREACHABLE=1 lets go of a server that is gone", async () => {
    const { id, state } = await made();
    await fake.stop();
    vi.stubEnv("OLLAMA_CHAT_FORGET_UNREACHABLE", "1");
    await lifecycle.delete(id, state);
    expect(lines.at(-1)).toBe(
      `OllamaModel smollm2:135m: warning: ${state.endpoint} does not answer; it is forgotten, as OLLAMA_CHAT_FORGET_UNREACHABLE=1 asks`,
    );
  });

  it("without it, the error names the variable", async () => {
    const { id, state } = await made({ timeouts: { deleteSeconds: 0.1 } });
    const port = new URL(state.endpoint).port;
    await fake.stop();
    expect((await failure(lifecycle.delete(id, state))).message).toBe(
      [
        `OllamaModel "smol": delete failed: smollm2:135m: Waited 0.1 s for Ollama at ${state.endpoint} to answer; last seen: connect ECONNREFUSED 127.0.0.1:${port}`,
        "  cause: No Ollama answers at the endpoint: it is down, still starting, or elsewhere. By default Ollama listens on 127.0.0.1 only (OLLAMA_HOST).",
        "  fix: Check endpoint, and that the server runs (docker ps, curl ENDPOINT/api/version). If it is only reachable through a proxy, set NODE_USE_ENV_PROXY=1 as well as HTTPS_PROXY. If the server is gone for good, run pulumi destroy with OLLAMA_CHAT_FORGET_UNREACHABLE=1.",
      ].join("\n"),
    );
  });
});
