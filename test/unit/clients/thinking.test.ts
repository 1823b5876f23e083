import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AnswerOnly, separateThinking } from "../../../clients/thinking";

describe("the thinking of a model", () => {
  it.each([
    ["before the answer", "<think>\nHm.\n</think>\n\nBlue.", { thinking: "Hm.", text: "Blue." }],
    ["in capitals, after a blank", " <THINK>Hm.</Think>Blue.", { thinking: "Hm.", text: "Blue." }],
    ["under another name", "<thinking>Hm.</thinking> Blue.", { thinking: "Hm.", text: "Blue." }],
    ["with tags of others inside", "<think>a </thought> b</think>Blue.", { thinking: "a </thought> b", text: "Blue." }],
    ["without an end", "<think>Hm. If the", { thinking: "Hm. If the", text: "" }],
    ["that its template began", "Hm.\n</think>\n\nBlue.", { thinking: "Hm.", text: "Blue." }],
    [
      "of letters that are longer in lower case",
      "<think>\u0130\u0130\u0130</think>Blue.",
      { thinking: "\u0130\u0130\u0130", text: "Blue." },
    ],
    ["in two parts", "<think>a</think>\n<think>b</think>\nBlue.", { thinking: "a\n\nb", text: "Blue." }],
    ["in two parts, the second without an end", "<think>a</think><think>b", { thinking: "a\n\nb", text: "" }],
    ["between Mistral's marks", "[THINK]Hm.[/THINK]Blue.", { thinking: "Hm.", text: "Blue." }],
    ["between Kimi's", "\u25c1think\u25b7Hm.\u25c1/think\u25b7Blue.", { thinking: "Hm.", text: "Blue." }],
    ["between Cohere's", "<|START_THINKING|>Hm.<|END_THINKING|>Blue.", { thinking: "Hm.", text: "Blue." }],
    ["of Seed's template", "Hm.</seed:think>\nBlue.", { thinking: "Hm.", text: "Blue." }],
    ["that is empty", "<think>\n\n</think>\n\nBlue.", { text: "Blue." }],
  ])("is taken out of an answer: %s", (_where, answer, told) => {
    expect(separateThinking(answer)).toEqual(told);
  });

  it.each([
    "Blue.",
    "",
    "The tag <think> opens it.\n</think>\nends it.",
    "`</think>` ends it.",
    "<thinker>Rodin</thinker>",
    "<b>think</b>",
    "a < b",
  ])("is not looked for in %j", (answer) => {
    expect(separateThinking(answer)).toEqual({ text: answer });
  });

  it("is held back while an answer comes, in whatever pieces, and nothing of the answer is lost", () => {
    const words = fc.array(
      fc.constantFrom(
        "<think>",
        "</think>",
        "<",
        "think",
        ">",
        "Hm",
        " ",
        "\n",
        "<thinking>",
        "Blue",
        "[THINK]",
        "[/think]",
        "\u0130",
      ),
    );
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 });
    fc.assert(
      fc.property(words, sizes, (parts, lengths) => {
        const whole = parts.join("");
        const filter = new AnswerOnly();
        let shown = "";
        for (let at = 0, turn = 0; at < whole.length; turn += 1) {
          const length = lengths[turn % lengths.length] ?? 1;
          shown += filter.add(whole.slice(at, at + length));
          at += length;
        }
        shown += filter.end();
        // What the template began is known only at its end.
        const begunByTemplate = !/^\s*(?:<think(?:ing)?>|\[THINK\])/.test(whole);
        expect(shown).toBe(begunByTemplate ? whole : separateThinking(whole).text);
      }),
    );
  });
});
