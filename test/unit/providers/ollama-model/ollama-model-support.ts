import { afterEach, beforeEach, expect, vi } from "vitest";
import type { OllamaModelInputs } from "../../../../providers/ollama-model/inputs";
import { ollamaModelLifecycle as lifecycle } from "../../../../providers/ollama-model/lifecycle";
import { FakeOllama } from "../../clients/ollama-fake";

export const OWNER = "urn:pulumi:dev::chat::pulumi-nodejs:dynamic/ollamachat:OllamaModel::smol";
export const DIGEST = "e".repeat(64);
export const NAME = "smollm2:135m";

export let fake: FakeOllama;
export let lines: string[];

beforeEach(async () => {
  fake = await new FakeOllama().start();
  fake.registry.set(NAME, DIGEST);
  lines = [];
  vi.spyOn(console, "log").mockImplementation((line) => void lines.push(String(line)));
});

afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await fake.stop();
});

/** Of a model that goes with its resource, which nobody else needs. */
export function inputs(more: Partial<OllamaModelInputs> = {}): OllamaModelInputs {
  return { endpoint: fake.endpoint, model: NAME, owner: OWNER, retainOnDelete: false, ...more };
}

export async function made(more: Partial<OllamaModelInputs> = {}) {
  return await lifecycle.create(inputs(more));
}

export async function failure(promise: Promise<unknown>): Promise<Error> {
  return await promise.then(
    () => expect.unreachable("it should have failed"),
    (error: unknown) => (error instanceof Error ? error : expect.unreachable("only errors are thrown")),
  );
}
