import { describe, expect, it } from "vitest";
import type { ConnectorDocument } from "../../../../clients/opensearch/connectors";
import { answerText } from "../../../../clients/opensearch/predict-answer";
import {
  type ConnectorPreset,
  ollamaChat,
  ollamaEmbedding,
  ollamaGenerate,
  openAiChat,
} from "../../../../providers/connector/presets";
import { probeParameters } from "../../../../providers/deployed-model/probe";

const OLLAMA = { endpoint: "http://ollama:11434", model: "m" };
const QUESTION = "Reply with one word: ready.";

/** A preset as the server shows the connector made of it. */
function shown(preset: Pick<ConnectorPreset, "parameters" | "actions">): ConnectorDocument {
  return { name: "c", version: "1", protocol: "http", parameters: preset.parameters, actions: preset.actions };
}

describe("the question of the probe", () => {
  it.each([
    ["ollamaGenerate", ollamaGenerate(OLLAMA), { prompt: QUESTION, options: { num_predict: 4 } }],
    [
      "ollamaChat, whose other options stay",
      ollamaChat({ ...OLLAMA, options: { num_ctx: 2048, num_predict: 500 } }),
      { messages: [{ role: "user", content: QUESTION }], options: { num_ctx: 2048, num_predict: 4 } },
    ],
    ["openAiChat", openAiChat(OLLAMA), { messages: [{ role: "user", content: QUESTION }] }],
    ["ollamaEmbedding", ollamaEmbedding(OLLAMA), { input: [QUESTION] }],
  ])("fits %s", (_name, preset, parameters) => {
    expect(probeParameters(shown(preset))).toStrictEqual(parameters);
  });

  it.each([
    ["parameters are not known", '{ "question": "${parameters.question}" }', {}],
    ["body asks for nothing", '{ "prompt": "fixed" }', {}],
  ])("is none where the connector's %s", (_what, requestBody, parameters) => {
    const actions = [{ actionType: "predict", method: "POST", url: "http://h/x", requestBody }];
    expect(probeParameters(shown({ parameters, actions }))).toBeUndefined();
  });

  it("is none where the connector has no predict action", () => {
    expect(probeParameters(shown({ parameters: {}, actions: [] }))).toBeUndefined();
  });

  it("leaves options alone that are no object", () => {
    const preset = ollamaGenerate(OLLAMA);
    expect(
      probeParameters(shown({ ...preset, parameters: { truncate: "false", model: "m", options: "[" } })),
    ).toStrictEqual({
      prompt: QUESTION,
    });
  });
});

describe("the text of an answer", () => {
  const answer = (dataAsMap: unknown) => ({ inference_results: [{ output: [{ dataAsMap }] }] });

  it.each([
    ["/api/generate", { response: "blue" }],
    ["/api/chat", { message: { role: "assistant", content: "blue" } }],
    ["/v1/chat/completions", { choices: [{ message: { content: "blue" } }] }],
  ])("is found for %s", (_path, map) => expect(answerText(answer(map))).toBe("blue"));

  it.each([[undefined], [{}], [{ response: 5 }], [{ choices: [] }], [{ message: {} }]])("is undefined in %j", (map) =>
    expect(answerText(answer(map))).toBeUndefined(),
  );

  it("is undefined without a result", () => {
    expect(answerText({ inference_results: [] })).toBeUndefined();
    expect(answerText({ inference_results: [{}] })).toBeUndefined();
  });
});
