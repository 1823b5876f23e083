import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ollamaChat, ollamaGenerate, openAiChat } from "../../providers/connector/presets";
import { commandLine } from "../support/command-line";
import { type RunningOllama, startOllama } from "../support/ollama";
import { type RagWorld, startRagWorld } from "./rag-support";

const MODEL = "tiny:1";
const CONTEXT = 300;
const PRESETS = { generate: ollamaGenerate, chat: ollamaChat, openai: openAiChat } as const;
const LONG = "Which ship carries cranes? ".repeat(CONTEXT / 3);
const TOO_LONG = "the input length exceeds the context length";

let ollama: RunningOllama;
let world: RagWorld;
const ids: Record<string, string> = {};
beforeAll(async () => {
  ollama = await startOllama({ ownModels: true });
  const parameters = { num_ctx: CONTEXT, num_predict: 4, num_thread: 1 };
  const made = { model: MODEL, from: "smollm2:135m", parameters, stream: false };
  expect((await fetch(`${ollama.endpoint}/api/create`, { method: "POST", body: JSON.stringify(made) })).ok).toBe(true);
  world = await startRagWorld();
  const args = { endpoint: ollama.endpoint, model: MODEL };
  for (const [api, preset] of Object.entries(PRESETS)) ids[api] = await world.deploy(api, preset(args));
});
afterAll(async () => {
  await world.stop();
  await ollama.stop();
});

const run = (api: string, ...args: string[]) =>
  commandLine(args, {
    environment: {
      ...world.environment,
      OLLAMA_CHAT_API: api,
      OLLAMA_CHAT_MODEL_ID: ids[api],
      OLLAMA_CHAT_MODEL: MODEL,
      OLLAMA_CHAT_OLLAMA_ENDPOINT: ollama.endpoint,
    },
  });

describe("what is longer than the real model's context", { timeout: 120_000 }, () => {
  it("is refused by Ollama itself", async () => {
    const { code, out, err } = await run("chat", "ask", LONG, "--direct");
    expect([code, out]).toEqual([1, ""]);
    expect(err).toContain(`error: POST /api/chat answered 400: ${TOO_LONG}\n  cause: The request is longer`);
  });

  it.each(["generate", "chat"])("is refused through OpenSearch, by a model that takes %s", async (api) => {
    const { code, out, err } = await run(api, "ask", LONG);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toContain(`Error from remote service: {"error":"${TOO_LONG}"}\n  cause: The request is longer`);
  });

  it("is told of the answer, by a model that takes openai, whose form cannot refuse it", async () => {
    const { code, err } = await run("openai", "ask", LONG);
    expect(code).toBe(0);
    expect(err).toContain(`The model read only ${CONTEXT} tokens of a longer prompt: its context is too small.\n`);
    const short = await run("openai", "ask", "Why?", "--json");
    expect(JSON.parse(short.out)).toMatchObject({ promptCut: false });
  });

  describe("with documents", () => {
    beforeAll(async () => {
      await world.renew();
      world.write("ships.md", "# Ships\n\n## Alke\n\nIt carries lanterns.\n\n## Skarv\n\nIt carries cranes.\n");
      const { code } = await run("openai", "rag", "ingest", world.folder);
      expect(code).toBe(0);
    });

    it.each([
      ["English", Array.from({ length: 900 }, (_, at) => `word${at}`).join(" ")],
      ["Chinese", "哪艘船把起重机和灯笼运到岛上的港口？".repeat(60)],
    ])("finds passages for it all the same: %s", async (_language, text) => {
      const { code, out } = await run("generate", "rag", "search", text, "--json");
      expect([code, (JSON.parse(out) as { passages: unknown[] }).passages.length]).toEqual([0, 2]);
    });

    it("is refused by a model that takes generate", async () => {
      const { code, err } = await run("generate", "rag", "ask", LONG);
      expect(code).toBe(1);
      expect(err).toContain(TOO_LONG);
    });

    it("is put by the command itself, by a model that takes openai, and told of its answer", async () => {
      const { out } = await run("openai", "rag", "ask", LONG, "--json");
      expect(JSON.parse(out)).toMatchObject({ answeredBy: "prompt", promptCut: true, promptTokens: CONTEXT });
    });
  });
});
