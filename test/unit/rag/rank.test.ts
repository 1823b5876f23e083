import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { byScore, cosine, reciprocalRankFusion } from "../../../rag/rank";

const number = fc.integer({ min: -1000, max: 1000 }).map((thousandths) => thousandths / 1000);
const vector = fc.array(number, { minLength: 3, maxLength: 3 });

describe("cosine", () => {
  it("is 1 for the same direction, 0 across, -1 for the opposite", () => {
    expect(cosine([1, 2], [2, 4])).toBeCloseTo(1, 12);
    expect(cosine([1, 0], [0, 3])).toBe(0);
    expect(cosine([1, 2], [-1, -2])).toBeCloseTo(-1, 12);
  });

  it("is 0 where there is no vector", () => {
    expect(cosine([1, 2], [])).toBe(0);
    expect(cosine([0, 0], [1, 2])).toBe(0);
  });

  it("lies between -1 and 1 and is the same both ways", () => {
    fc.assert(
      fc.property(vector, vector, (a, b) => {
        const angle = cosine(a, b);
        expect(Math.abs(angle)).toBeLessThanOrEqual(1 + 1e-9);
        expect(cosine(b, a)).toBeCloseTo(angle, 12);
      }),
    );
  });
});

it("byScore puts the highest first and leaves equal ones in their order", () => {
  const things = [
    { name: "a", score: 1 },
    { name: "b", score: 2 },
    { name: "c", score: 2 },
  ];
  expect(byScore(things, ({ score }) => score).map(({ name }) => name)).toEqual(["b", "c", "a"]);
});

describe("reciprocal rank fusion", () => {
  it("gives 1 / (60 + rank) for each ranking", () => {
    const [first, second, third] = reciprocalRankFusion([
      ["a", "b"],
      ["b", "c"],
    ]);
    expect([first?.id, second?.id, third?.id]).toEqual(["b", "a", "c"]);
    expect(first?.score).toBeCloseTo(1 / 62 + 1 / 61, 12);
    expect(second?.score).toBeCloseTo(1 / 61, 12);
  });

  it("gives a ranking as much as it weighs", () => {
    const rankings = [["a"], ["b", "c"]];
    const fused = reciprocalRankFusion(rankings, [0.1, 0.9]);
    expect(fused.map(({ id }) => id)).toEqual(["b", "c", "a"]);
    expect(fused[0]?.score).toBeCloseTo(0.9 / 61, 12);
    expect(fused[2]?.score).toBeCloseTo(0.1 / 61, 12);
  });

  it("leaves a single ranking as it is", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string()), (ranking) => {
        expect(reciprocalRankFusion([ranking]).map(({ id }) => id)).toEqual(ranking);
      }),
    );
  });

  it("loses nothing, names nothing twice, and the order of the rankings changes no score", () => {
    const ranking = fc.uniqueArray(fc.constantFrom(..."abcdefgh"));
    fc.assert(
      fc.property(ranking, ranking, (a, b) => {
        const fused = reciprocalRankFusion([a, b]);
        expect(new Set(fused.map(({ id }) => id))).toEqual(new Set([...a, ...b]));
        expect(fused).toHaveLength(new Set([...a, ...b]).size);
        const scores = new Map(reciprocalRankFusion([b, a]).map(({ id, score }) => [id, score]));
        for (const { id, score } of fused) expect(scores.get(id)).toBeCloseTo(score, 12);
      }),
    );
  });

  it("what both rankings put first is first", () => {
    const rest = fc.uniqueArray(fc.constantFrom(..."bcdefgh"));
    fc.assert(
      fc.property(rest, rest, (a, b) => {
        expect(
          reciprocalRankFusion([
            ["a", ...a],
            ["a", ...b],
          ])[0]?.id,
        ).toBe("a");
      }),
    );
  });
});
