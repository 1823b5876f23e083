import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { modelContext } from "../../clients/ollama/context";
import { OllamaServer } from "../../clients/ollama/server";
import { type RunningOllama, startOllama } from "../support/ollama";

let ollama: RunningOllama;
beforeAll(async () => {
  ollama = await startOllama({ ownModels: true });
  const made = { model: "small:1", from: "smollm2:135m", parameters: { num_ctx: 2048 }, stream: false };
  expect((await post("/api/create", made)).status).toBe(200);
});
afterAll(() => ollama.stop());

const post = (path: string, body: object) =>
  fetch(`${ollama.endpoint}${path}`, { method: "POST", body: JSON.stringify(body) });
const context = (model: string) => modelContext(new OllamaServer(ollama.endpoint), model);

describe("the context of a model, as the real Ollama tells it", { timeout: 60_000 }, () => {
  it("is Ollama's default, but never more than the model was made for", async () => {
    expect(await context("smollm2:135m")).toEqual({ tokens: 4096, loaded: false });
    expect(await context("all-minilm")).toEqual({ tokens: 512, loaded: false });
  });

  it("is the model's own num_ctx", async () => {
    expect(await context("small:1")).toEqual({ tokens: 2048, loaded: false });
  });

  it("is what it was loaded with", async () => {
    const options = { num_ctx: 64, num_predict: 1, num_thread: 1 };
    expect((await post("/api/generate", { model: "small:1", prompt: "Hi", options, stream: false })).status).toBe(200);
    expect(await context("small:1")).toEqual({ tokens: 64, loaded: true });
  });
});
