import { describe, expect, it } from "vitest";
import { readOptions, USAGE } from "../../chaos/options";

const read = (...args: string[]) => readOptions(args, ["kills", "lives"], 20261129);

describe("the options of npm run test:chaos", () => {
  it("by default try every part with the day as seed", () => {
    expect(read()).toEqual({ trials: 260, seed: 20261129, parts: ["kills", "lives"] });
  });

  it("take trials, seed, parts and files", () => {
    const options = read("--trials", "5", "--seed", "7", "--part", "lives", "--json", "a.json", "--write", "b.md");
    expect(options).toEqual({ trials: 5, seed: 7, parts: ["lives"], json: "a.json", write: "b.md" });
  });

  it("take one trial to play again", () => {
    expect(read("--replay", "kills:42")).toMatchObject({ replay: { part: "kills", seed: 42 } });
  });

  it("say what is wrong with them", () => {
    expect(read("--trials", "none")).toBe("--trials none: give a whole number of 1 or more.");
    expect(read("--seed", "x")).toBe("--seed x: give a whole number.");
    expect(read("--replay", "kills")).toBe("--replay kills: give PART:SEED.");
    expect(read("--part", "other")).toBe("There is no part other. There are kills, lives.");
    expect(read("--help")).toBe(USAGE);
  });
});
