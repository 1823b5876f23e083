import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { figure, fillMarkers, isDue, pageBlocks, table } from "../../../tools/bench/page";
import { type CaseResult, merged, type Results, type Row, resultsSchema } from "../../../tools/bench/results";

const DOCS = join(__dirname, "..", "..", "..", "docs");

const ROW: Row = {
  what: "`up` of the chat chain",
  unit: "s",
  samples: [3, 1, 2],
  beside: [
    { name: "bare calls", samples: [0.5] },
    { name: "engine floor", samples: [1, 1] },
  ],
  act: { on: "quotient", is: "above", limit: 1.5, advice: "report it" },
};

const CASE: CaseResult = {
  id: "models",
  startedAt: "2026-11-29T12:34:56.000Z",
  machine: "EPYC, 2 cores",
  load: [0.1, 1.94],
  seconds: 90,
  rows: [ROW],
};

const results = (...cases: CaseResult[]): Results => ({ v: 2, versions: { "Node.js": "24.21.0" }, cases });

describe("results", () => {
  it("the schema reads what is written", () => {
    const written = results(CASE);
    expect(resultsSchema.parse(JSON.parse(JSON.stringify(written)))).toStrictEqual(written);
  });

  it.each([
    ["another version", { ...results(), v: 1 }],
    ["a row without samples", results({ ...CASE, rows: [{ ...ROW, samples: [] }] })],
    ["an unknown unit", results({ ...CASE, rows: [{ ...ROW, unit: "miles" as never }] })],
    ["a row without a time to act", results({ ...CASE, rows: [{ ...ROW, act: undefined as never }] })],
  ])("the schema refuses %s", (_, written) => {
    expect(resultsSchema.safeParse(written).success).toBe(false);
  });

  it("a run of some cases keeps the others, in the order of the page", () => {
    const again = { ...CASE, seconds: 99 };
    const all = merged(results({ ...CASE, id: "answers" }, CASE), results(again), ["set-up", "models", "answers"]);
    expect(all.cases).toStrictEqual([again, { ...CASE, id: "answers" }]);
    expect(merged(undefined, results(CASE), ["models"]).cases).toStrictEqual([CASE]);
  });
});

describe("the pages", () => {
  it("have a place for every block, and hold what the published results say", () => {
    const file = join(DOCS, "bench", "results.json");
    const published = resultsSchema.parse(JSON.parse(readFileSync(file, "utf8")));
    for (const [name, blocks] of Object.entries(pageBlocks(published))) {
      const page = readFileSync(join(DOCS, name), "utf8");
      expect(fillMarkers(page, blocks)).toBe(page);
    }
  });

  it("a row shows median and range, what stands beside it, the quotient over their sum, and when to act", () => {
    const rows = pageBlocks(results(CASE))["performance.md"]?.rows?.split("\n");
    expect(rows?.at(-1)).toBe(
      "| `up` of the chat chain | 2.00 s (1.00 s – 3.00 s) | bare calls: 0.50 s, engine floor: 1.00 s (1.00 s – 1.00 s) | 1.33 | above 1.5 times: report it | no |",
    );
  });

  it.each<[string, Partial<Row["act"]>, boolean]>([
    ["a quotient of 1.33 above 1.3 is due", { limit: 1.3 }, true],
    ["a quotient of 1.33 above 1.5 is not", { limit: 1.5 }, false],
    ["a median of 2 above 1.9 is due", { on: "value", limit: 1.9 }, true],
    ["a median of 2 below 1.9 is not", { on: "value", is: "below", limit: 1.9 }, false],
  ])("%s", (_, act, due) => {
    expect(isDue({ ...ROW, act: { ...ROW.act, ...act } })).toBe(due);
  });

  it("a case that broke off says why", () => {
    const broken = results({ ...CASE, rows: [], error: "There is no Ollama outside Docker: none\nand more" });
    expect(pageBlocks(broken)["performance.md"]?.rows).toContain(
      "| not measured to the end: There is no Ollama outside Docker: none |  |  |  |  |  |",
    );
  });

  it("every case says how often, when, on what and at which load it was measured", () => {
    expect(pageBlocks(results(CASE))["performance.md"]?.machine?.split("\n").slice(2)).toStrictEqual([
      "| models | 3 | 2026-11-29 12:34 UTC | EPYC, 2 cores | 0.1 to 1.9 | 1.50 min |",
      "",
      "Node.js 24.21.0.",
    ]);
  });
});

describe("figure", () => {
  it.each([
    [0.4307, "s", "0.43 s"],
    [41.59, "s", "41.6 s"],
    [119, "s", "119 s"],
    [161, "s", "2.68 min"],
    [429.5, "ms", "430 ms"],
    [58_720_256, "bytes", "56 MiB"],
    [0.9722, "share", "97 %"],
    [14.5, "min", "14.5 min"],
  ] as const)("%d %s is shown as %s", (value, unit, text) => {
    expect(figure(value, unit)).toBe(text);
  });
});

describe("table", () => {
  it("a bar in a cell splits nothing", () => {
    expect(table(["", "s"], [["a | b", "1"]])).toBe("|  | s |\n| --- | --- |\n| a \\| b | 1 |");
  });
});

describe("fillMarkers", () => {
  const PAGE = "Before\n\n<!-- bench:a -->\n\nold\n\n<!-- /bench:a -->\n\nand <!-- bench:b --><!-- /bench:b --> after";

  it("replaces what stands between a block's markers and nothing else, twice as once", () => {
    const once = fillMarkers(PAGE, { a: "new", b: "$1 two" });
    expect(once).toBe(
      "Before\n\n<!-- bench:a -->\n\nnew\n\n<!-- /bench:a -->\n\nand <!-- bench:b -->\n\n$1 two\n\n<!-- /bench:b --> after",
    );
    expect(fillMarkers(once, { a: "new", b: "$1 two" })).toBe(once);
  });

  it("a marker without a block, or a block without a marker, is an error", () => {
    expect(() => fillMarkers(PAGE, { a: "x" })).toThrow(
      new Error("The page has a marker bench:b, which nothing fills."),
    );
    expect(() => fillMarkers(PAGE, { a: "x", b: "y", c: "z" })).toThrow(new Error("The page has no marker for c."));
  });
});
