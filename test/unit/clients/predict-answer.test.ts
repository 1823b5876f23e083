import { describe, expect, it } from "vitest";
import { answerContent, answerMeasures, answerText, isStream } from "../../../clients/opensearch/predict-answer";

const answer = (dataAsMap: unknown) => ({ inference_results: [{ output: [{ name: "response", dataAsMap }] }] });

describe("answerMeasures", () => {
  it.each([
    ["/api/generate", { response: "x" }],
    ["/api/chat", { message: { content: "x" } }],
  ])("tells model, tokens and writing time from an answer of %s", (_path, text) => {
    const map = { ...text, model: "m:1", eval_count: 30, prompt_eval_count: 7, eval_duration: 1_500_000_000 };
    expect(answerMeasures(answer(map))).toEqual({ model: "m:1", tokens: 30, promptTokens: 7, evalSeconds: 1.5 });
  });

  it("tells tokens, and no time, from an answer of /v1/chat/completions", () => {
    const map = { model: "m:1", choices: [], usage: { completion_tokens: 30, prompt_tokens: 7, total_tokens: 37 } };
    expect(answerMeasures(answer(map))).toEqual({ model: "m:1", tokens: 30, promptTokens: 7 });
  });

  it("tells nothing where the server tells nothing", () => {
    expect(answerMeasures(answer({ response: "x" }))).toEqual({});
    expect(answerMeasures(answer("text"))).toEqual({});
    expect(answerMeasures({ inference_results: [] })).toEqual({});
  });
});

describe("answerContent", () => {
  const choice = (message: object, more: object = {}) => ({ choices: [{ message, ...more }] });

  it.each([
    ["/api/generate", { response: "<think>Hm.</think>\n\nBlue.", done_reason: "stop" }, "stop"],
    ["/api/generate, by its field", { response: "Blue.", thinking: "Hm." }, undefined],
    ["/api/chat", { message: { content: "Blue.", thinking: "Hm.\n" }, done_reason: "length" }, "length"],
    ["/v1/chat/completions", choice({ content: "Blue.", reasoning: "Hm." }, { finish_reason: "length" }), "length"],
    ["an API like it", choice({ content: "Blue.", reasoning_content: "Hm." }, { finish_reason: "stop" }), "stop"],
  ])("has thinking and answer apart, and why it ended, from %s", (_path, map, doneReason) => {
    expect(answerContent(answer(map))).toEqual({ text: "Blue.", thinking: "Hm.", doneReason });
  });

  it("is an empty text where the model server says that there is none, for which answerText has nothing", () => {
    const none = answer(choice({ content: null }, { finish_reason: "length" }));
    expect(answerContent(none)).toEqual({ text: "", doneReason: "length" });
    expect(answerText(none)).toBeUndefined();
    expect(answerContent(answer({ message: {} }))).toBeUndefined();
  });

  it("leaves the text of answerText as it came", () => {
    expect(answerText(answer({ response: "<think>Hm.</think>Blue." }))).toBe("<think>Hm.</think>Blue.");
  });
});

describe("a stream in place of an answer", () => {
  const part = (more: object) => JSON.stringify({ model: "m:1", created_at: "2026-11-29T00:00:00Z", ...more });
  const generate = [part({ response: "re", done: false }), part({ response: "ady", done: true }), ""].join("\n");
  const chat = [part({ message: { content: "re" }, done: false }), part({ message: { content: "" }, done: true })].join(
    "\n",
  );

  it.each([
    ["/api/generate", generate],
    ["/api/chat", chat],
  ])("of %s is known, and no text is taken from it", (_path, response) => {
    expect(isStream(answer({ response }))).toBe(true);
    expect(answerText(answer({ response }))).toBeUndefined();
  });

  it.each([
    ["an answer", { model: "m:1", response: "ready", done: true }],
    ["an answer that looks like one", { model: "m:1", response: generate, done: true }],
    ["a text alone", { response: "ready" }],
    ["JSON that a model was asked for", { response: '{"done": true}\n{"done": false}' }],
    ["text in braces", { response: "{ready}" }],
    ["a list", { response: ["ready"] }],
  ])("is none of these: %s", (_what, map) => {
    expect(isStream(answer(map))).toBe(false);
  });
});
