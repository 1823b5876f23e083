import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type CaseResult, compareIds, merged, type Results, resultsSchema } from "../../../tools/bench/results";

const CASE: CaseResult = {
  id: "B1",
  title: "Provider time",
  startedAt: "2026-11-23T00:00:00.000Z",
  seconds: 6.5,
  loadBefore: 0.1,
  loadAfter: 0.4,
  opensearch: "3.6.0",
  figures: [{ what: "chain", side: "ours", unit: "ms", samples: [4, 5, 6], median: 5, min: 4, max: 6 }],
  verdicts: [{ name: "ours ÷ bare", value: 1.02, unit: "ratio", target: { is: "at most", value: 1.15 }, met: true }],
  notes: [],
};

const results = (cases: CaseResult[], startedAt = CASE.startedAt): Results => ({
  v: 1,
  machine: { processor: "Xeon", cores: 2, memoryBytes: 2 ** 34, system: "linux x64" },
  versions: { "Node.js": "24.21.0" },
  runs: 5,
  quick: false,
  startedAt,
  endedAt: startedAt,
  cases,
});

describe("results", () => {
  it("the schema reads what is written", () => {
    const written = results([CASE]);
    expect(resultsSchema.parse(JSON.parse(JSON.stringify(written)))).toStrictEqual(written);
  });

  it.each([
    ["another version", { ...results([]), v: 2 }],
    ["a figure without samples", results([{ ...CASE, figures: [{ ...CASE.figures[0], samples: [] }] } as CaseResult])],
    ["a server whose version is none", results([{ ...CASE, opensearch: "the latest" }])],
    ["a unit that nobody knows", results([{ ...CASE, verdicts: [{ name: "x", value: 1, unit: "miles" }] } as never])],
  ])("the schema refuses %s", (_, written) => {
    expect(resultsSchema.safeParse(written).success).toBe(false);
  });

  it("a case may have been measured without a server", () => {
    const written = results([{ ...CASE, opensearch: undefined }]);
    expect(resultsSchema.safeParse(JSON.parse(JSON.stringify(written))).success).toBe(true);
  });

  it("cases stand by their numbers", () => {
    expect(["B11", "B4b", "B2", "B4", "B1"].sort(compareIds)).toStrictEqual(["B1", "B2", "B4", "B4b", "B11"]);
  });

  it("a run of some cases keeps the others, and takes its own place in the order", () => {
    const earlier = results([CASE, { ...CASE, id: "B2" }, { ...CASE, id: "B11" }]);
    const again = { ...CASE, id: "B2", seconds: 99 };
    const now = results([again], "2026-11-24T00:00:00.000Z");
    const all = merged(earlier, now);
    expect(all.cases).toStrictEqual([CASE, again, { ...CASE, id: "B11" }]);
    expect(all.startedAt).toBe("2026-11-24T00:00:00.000Z");
  });

  it("a first run stands alone", () => {
    expect(merged(undefined, results([CASE])).cases).toStrictEqual([CASE]);
  });

  it("the published results fit the schema", () => {
    const file = join(__dirname, "..", "..", "..", "docs", "bench", "results.json");
    const parsed = resultsSchema.parse(JSON.parse(readFileSync(file, "utf8")));
    expect(parsed.cases.map(({ id }) => id)).toStrictEqual([...parsed.cases.map(({ id }) => id)].sort(compareIds));
    for (const { figures } of parsed.cases) {
      for (const { median, min, max } of figures) expect([min <= median, median <= max]).toStrictEqual([true, true]);
    }
  });
});
