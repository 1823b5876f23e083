import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { loadModel } from "../../clients/ollama/models";
import { OllamaServer } from "../../clients/ollama/server";
import { Deadline } from "../../clients/wait";
import { presetFor } from "../../components/chat-models";
import { substitute } from "../../providers/connector/substitution";
import { keepAlive, modelOptions } from "../../providers/shared/values";
import { type RunningOllama, startOllama } from "../support/ollama";

const MODEL = "smollm2:135m";

const ended = z.union([
  z.object({ done_reason: z.string(), eval_count: z.number() }),
  z
    .object({
      choices: z.array(z.object({ finish_reason: z.string() })),
      usage: z.object({ completion_tokens: z.number() }),
    })
    .transform(({ choices, usage }) => ({
      done_reason: choices[0]?.finish_reason,
      eval_count: usage.completion_tokens,
    })),
]);

describe("options of a model, as Ollama takes them", () => {
  let ollama: RunningOllama;
  beforeAll(async () => {
    ollama = await startOllama({});
  });
  afterAll(async () => {
    await ollama.stop();
  });

  const post = async (url: string, body: unknown) => {
    const response = await fetch(url, { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) });
    return { status: response.status, answer: (await response.json()) as unknown };
  };
  const generate = async (more: object) =>
    await post(`${ollama.endpoint}/api/generate`, { model: MODEL, prompt: "Hello", stream: false, ...more });

  /** What OpenSearch sends for a question. */
  const asked = async (api: string, options: Record<string, unknown>, more: object = {}) => {
    const preset = presetFor({ endpoint: ollama.endpoint, model: MODEL, api, options, ...more });
    const [action] = preset.actions;
    const values: Record<string, string> = {
      ...preset.parameters,
      prompt: "Hello",
      messages: '[{"role": "user", "content": "Hello"}]',
    };
    return await post(
      action?.url ?? "",
      substitute(action?.requestBody ?? "", (name) => values[name]),
    );
  };

  it.each(["generate", "chat", "openai"])("api %s: what came as text from pulumi config holds", async (api) => {
    const options = { num_predict: "3", temperature: "0.5", top_p: "0.9", seed: "7", stop: "zzz" };
    expect(modelOptions.safeParse(options).success).toBe(true);
    const { status, answer } = await asked(api, options);
    expect([status, ended.parse(answer)]).toStrictEqual([200, { done_reason: "length", eval_count: 3 }]);
  });

  it.each([
    [{ temperature: "0.5" }, 'option "temperature" must be of type float32'],
    [{ num_predict: "3" }, 'option "num_predict" must be of type integer'],
    [{ stop: "zzz" }, 'option "stop" must be of type array'],
  ])("%j as it is would be refused when a question is asked", async (options, error) => {
    expect(await generate({ options })).toStrictEqual({ status: 500, answer: { error } });
  });

  it.each(["5m", "1h30m", "-1", -1, 300, "300", "500ms", "-5m"])(
    "keepAlive %j is taken in each form",
    async (given) => {
      expect(keepAlive.safeParse(given).success).toBe(true);
      expect((await asked("generate", { num_predict: 1 }, { keepAlive: given })).status).toBe(200);
      await loadModel(new OllamaServer(ollama.endpoint), { model: MODEL, keepAlive: given }, Deadline.after(60_000));
    },
  );

  it.each(["5 minutes", "1.5", "5d", "9999999h", ""])("keepAlive %j is refused by us as by Ollama", async (given) => {
    expect(keepAlive.safeParse(given).success).toBe(false);
    expect((await generate({ keep_alive: given })).status).toBe(400);
  });
});
