import { describe, expect, it } from "vitest";
import { answerMeasures } from "../../../clients/opensearch/predict-answer";

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
