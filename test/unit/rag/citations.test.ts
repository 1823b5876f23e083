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
    ["It is blue [1]: like the sea. As in [2]:\nsalt.", "It is blue [1]: like the sea. As in [2]:\nsalt.", [1, 2]],
    ["It is blue [ 1 ], [Passage 2, Passage 3].", "It is blue [1], [2][3].", [1, 2, 3]],
    ["It is blue [1 and 2](as the log says).", "It is blue [1][2](as the log says).", [1, 2]],
    [
      "\u9752\u3044\u30101\u3011\u3002\u5869\u8f9b\u3044\uff3b2\uff3d\u3002\u30103\u2020L3-L5\u3011",
      "\u9752\u3044[1]\u3002\u5869\u8f9b\u3044[2]\u3002[3]",
      [1, 2, 3],
    ],
  ])("%j becomes %j and cites %j", (answer, text, cited) => {
    expect(citedAnswer(answer, 3)).toEqual({ text, cited });
  });

  it("of passages that were not sent are taken out of the text and not counted", () => {
    expect(citedAnswer("True [7]. Also [0], [1, 9].", 3)).toEqual({ text: "True. Also, [1].", cited: [1] });
  });

  it.each([
    ["in a line of code", "Take `ships[0]` or `ships[9]`, not `[1]`.", []],
    ["in a block of code", "```js\nships[0] = list[1];\n[7]\n```\n\nSo it is [2].", [2]],
    ["in code that is indented", "As in:\n\n    ships[9]\n    [1]", []],
    ["in code that nothing ends", "```js\nships[9] [1]", []],
    ["right behind a word", "Take ships[0], f(x)[7] and a_1[12].", []],
    ["that is a range", "Between [0, 1], [0; 100] and [10-20].", []],
    ["that is a link's text", "See [5](https://example.com/5).\n\n[7]: https://example.com/7", []],
    ["that a title is with", '[1](https://example.com "One").\n\n[2]: https://example.com "Two"', []],
  ])("leave a number in brackets %s as it is", (_where, answer, cited) => {
    expect(citedAnswer(answer, 3)).toEqual({ text: answer, cited });
  });

  it("count right behind a word where the passage was sent", () => {
    expect(citedAnswer("It is blue[2]. Not green [9].", 3)).toEqual({ text: "It is blue[2]. Not green.", cited: [2] });
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
