import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { citedAnswer } from "../../../rag/citations";

describe("citations of an answer", () => {
  it.each([
    ["It is blue [2]. It is salty [1].", "It is blue [2]. It is salty [1].", [2, 1]],
    ["Both [1, 2] and [1][2].", "Both [1][2] and [1][2].", [1, 2]],
    ["See [Passage 3].", "See [3].", [3]],
    ["The passage 2 does not say so.", "The passage 2 does not say so.", []],
    ["None.", "None.", []],
  ])("%j", (answer, text, cited) => {
    expect(citedAnswer(answer, 3)).toEqual({ text, cited });
  });

  it("of passages that were not sent are taken out of the text and not counted", () => {
    expect(citedAnswer("True [7]. Also [0], [1, 9].", 3)).toEqual({ text: "True. Also, [1].", cited: [1] });
  });

  it("never name a passage that was not sent", () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.nat(120)), fc.nat(5), (words, numbers, sent) => {
        const { text, cited } = citedAnswer(
          words + numbers.map((number) => ` [${number}] passage ${number}`).join(),
          sent,
        );
        for (const number of cited) expect(number >= 1 && number <= sent).toBe(true);
        for (const [, number] of text.matchAll(/\[(\d+)\]/g)) expect(Number(number)).toBeLessThanOrEqual(sent);
      }),
    );
  });
});
