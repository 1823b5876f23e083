import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { chat } from "../../../clients/ollama/chat";
import { inventory, modelShape, runningModels } from "../../../clients/ollama/inventory";
import { OllamaServer } from "../../../clients/ollama/server";
import { ChatServer } from "../../support/chat-server";

let fake: ChatServer;
let server: OllamaServer;
beforeEach(async () => {
  fake = await new ChatServer().start();
  server = new OllamaServer(fake.endpoint);
});
afterEach(() => fake.stop());

const request = (more: object = {}) => ({
  model: "smollm2:135m",
  messages: [{ role: "user", content: "Why?" }],
  timeoutSeconds: 10,
  ...more,
});

describe("chat", () => {
  it("tells each part as it comes, and in the end the whole with its measures", async () => {
    const parts: string[] = [];
    const answer = await chat(server, request({ onText: (text: string) => parts.push(text) }));
    expect(parts).toEqual(["Air ", "scatters ", "blue ", "light ", "most."]);
    expect(answer).toEqual({ text: fake.words, doneReason: "stop", tokens: 30, promptTokens: 7, evalSeconds: 1.5 });
  });

  it("is ended by the caller's signal, and then Ollama sees the connection go", async () => {
    fake.hangs = true;
    const stopper = new AbortController();
    const answered = chat(server, request({ signal: stopper.signal, onText: () => stopper.abort() }));
    await expect(answered).rejects.toThrow(fake.endpoint);
  });

  it("fails at its time limit", async () => {
    fake.hangs = true;
    await expect(chat(server, request({ timeoutSeconds: 0.1 }))).rejects.toThrow(
      `POST /api/chat: no answer from ${fake.endpoint}: no answer within the time limit`,
    );
  });

  it("fails with the server's own words", async () => {
    await expect(chat(server, request({ model: "nope:1b" }))).rejects.toThrow(
      "POST /api/chat answered 404: model 'nope:1b' not found",
    );
  });
});

describe("what Ollama has", () => {
  it("is told with size, parameters and quantisation, in the order of names", async () => {
    fake.models = ["b:1", "a:1"];
    const models = await inventory(server);
    expect(models.map(({ name }) => name)).toEqual(["a:1", "b:1"]);
    expect(models[0]).toEqual({
      name: "a:1",
      digest: "b".repeat(64),
      sizeBytes: 98_363_149,
      parameterSize: "134.52M",
      quantization: "Q4_1",
      family: "llama",
    });
  });

  it("is told with the shape that its architecture names", async () => {
    expect(await modelShape(server, "smollm2:135m")).toEqual({
      contextTokens: 8192,
      layers: 30,
      keyValueHeads: 3,
      headSize: 64,
    });
  });

  it("is told with what is in memory, and until when", async () => {
    fake.loaded = [{ name: "smollm2:135m", expiresAt: "2026-11-23T12:00:00Z" }];
    expect(await runningModels(server)).toEqual([
      {
        name: "smollm2:135m",
        sizeBytes: 190_948_608,
        sizeGpuBytes: 0,
        contextTokens: 4096,
        expiresAt: "2026-11-23T12:00:00Z",
      },
    ]);
  });
});
