import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { blocks } from "../../../tools/bench/report/blocks";
import { measuredText, targetText, verdictText, withUnit } from "../../../tools/bench/report/format";
import { fillMarkers } from "../../../tools/bench/report/markers";
import { plots } from "../../../tools/bench/report/plots";
import { toSvg } from "../../../tools/bench/report/svg";
import { table } from "../../../tools/bench/report/table";
import type { CaseResult, Results } from "../../../tools/bench/results";

const measured = (what: string, side: string, unit: "s" | "ms" | "perSecond", median: number, at?: number) => ({
  what,
  side,
  ...(at === undefined ? {} : { at }),
  unit,
  samples: [median - 0.5, median, median + 0.5],
  median,
  min: median - 0.5,
  max: median + 0.5,
});

const result = (id: string, more: Partial<CaseResult> = {}): CaseResult => ({
  id,
  title: `Case ${id}`,
  startedAt: "2026-11-23T00:00:00.000Z",
  seconds: 60,
  loadBefore: 0.1,
  loadAfter: 0.4,
  opensearch: "3.6.0",
  figures: [],
  verdicts: [],
  notes: [],
  ...more,
});

const results = (cases: CaseResult[]): Results => ({
  v: 1,
  machine: { processor: "Xeon", cores: 2, memoryBytes: 8 * 1024 ** 3, system: "linux x64" },
  versions: { "Node.js": "24.21.0" },
  runs: 5,
  quick: false,
  startedAt: "2026-11-23T01:00:00.000Z",
  endedAt: "2026-11-23T01:20:00.000Z",
  cases,
});

describe("table", () => {
  it("columns stand in line, numbers to the right, and a bar in a cell splits nothing", () => {
    expect(
      table(
        ["", "seconds"],
        [
          ["a | b", "1.50 s"],
          ["c", "12 s"],
        ],
      ),
    ).toBe(
      ["|        | seconds |", "| ------ | ------: |", "| a \\| b |  1.50 s |", "| c      |    12 s |"].join("\n"),
    );
  });
});

describe("numbers", () => {
  it.each([
    [0.4307, "s", "0.43 s"],
    [41.59, "s", "41.6 s"],
    [429.5, "ms", "430 ms"],
    [5107, "ms", "5,107 ms"],
    [1926, "bytes", "1,926 B"],
    [58_720_256, "bytes", "56 MiB"],
    [-400_000, "bytes", "-0.4 MiB"],
    [1.0238, "ratio", "1.02"],
    [16_960, "perSecond", "16,960 /s"],
    [0, "count", "0"],
  ] as const)("%d %s is shown as %s", (value, unit, text) => {
    expect(withUnit(value, unit)).toBe(text);
  });

  it("a figure shows its median and its range, one sample itself only", () => {
    const figure = measured("up", "ours", "s", 2.5);
    expect(measuredText(figure)).toBe("2.50 s (2.00–3.00 s)");
    expect(measuredText({ ...figure, samples: [2.5] })).toBe("2.50 s");
  });

  it("a verdict that rounds to its target, and is not, shows a digit more", () => {
    const verdict = { name: "x", unit: "ratio", target: { is: "at most", value: 1.1 } } as const;
    expect([1.102, 1.1, 1.2].map((value) => verdictText({ ...verdict, value }))).toEqual(["1.102", "1.10", "1.20"]);
  });

  it("a target shows its sign", () => {
    const verdict = { name: "x", value: 1, unit: "ratio" } as const;
    expect(targetText({ ...verdict, target: { is: "at most", value: 1.15 } })).toBe("≤ 1.15");
    expect(targetText({ ...verdict, unit: "ms", target: { is: "at least", value: 1000 } })).toBe("≥ 1,000 ms");
    expect(targetText(verdict)).toBe("–");
  });
});

describe("fillMarkers", () => {
  const PAGE =
    "Before\n\n<!-- bench:a -->\n\nold 1\n\n<!-- /bench:a -->\n\nbetween <!-- bench:b --><!-- /bench:b --> after";

  it("replaces what stands between a block's markers, and nothing else", () => {
    expect(fillMarkers(PAGE, { a: "new\n", b: "$1 two" })).toBe(
      "Before\n\n<!-- bench:a -->\n\nnew\n\n<!-- /bench:a -->\n\nbetween <!-- bench:b -->\n\n$1 two\n\n<!-- /bench:b --> after",
    );
  });

  it("filling twice is filling once", () => {
    const once = fillMarkers(PAGE, { a: "x", b: "y" });
    expect(fillMarkers(once, { a: "x", b: "y" })).toBe(once);
  });

  it("a marker without a block, or a block without a marker, is an error", () => {
    expect(() => fillMarkers(PAGE, { a: "x" })).toThrow(
      new Error("The page has a marker bench:b, which nothing fills."),
    );
    expect(() => fillMarkers(PAGE, { a: "x", b: "y", c: "z" })).toThrow(new Error("The page has no marker for c."));
  });
});

describe("blocks", () => {
  it("every marker of the page is filled, and every block has its place", () => {
    const page = readFileSync(join(__dirname, "..", "..", "..", "docs", "performance.md"), "utf8");
    const filled = fillMarkers(page, blocks(results([])));
    expect(filled).toContain("Not measured yet.");
  });

  it("targets: met, missed, published without one, and a case that broke off, each with its server", () => {
    const target = { is: "at most", value: 1.15 } as const;
    const cases = [
      result("B1", { verdicts: [{ name: "good", value: 1.02, unit: "ratio", target, met: true }] }),
      result("B2", {
        opensearch: "3.4.0",
        verdicts: [{ name: "bad", value: 1.31, unit: "ratio", target, met: false }],
      }),
      result("B5", { opensearch: undefined, verdicts: [{ name: "free", value: 653, unit: "bytes" }] }),
      result("B9", { error: "There is no Ollama outside Docker: none\nand more" }),
    ];
    const rows = blocks(results(cases))
      .targets?.split("\n")
      .map((row) => row.split("|").map((cell) => cell.trim()));
    expect(rows?.slice(2).map((row) => row.slice(1, -1))).toStrictEqual([
      ["B1", "good", "1.02", "≤ 1.15", "met", "3.6.0"],
      ["B2", "bad", "1.31", "≤ 1.15", "**missed**", "3.4.0"],
      ["B5", "free", "653 B", "–", "–", ""],
      ["B9", "not measured to the end: There is no Ollama outside Docker: none", "", "", "", ""],
    ]);
  });

  it("a case shows its sides side by side, and its notes below them", () => {
    const figures = [measured("up", "ours", "s", 5, 10), measured("up", "engine floor", "s", 4, 10)];
    const block = blocks(results([result("B5", { figures, notes: ["A note."] })])).B5;
    expect(block).toContain("| up  |  10 | 5.00 s (4.50–5.50 s) | 4.00 s (3.50–4.50 s) |");
    expect(block).toContain("A note.");
  });

  it("the cost of an answer follows from the tokens a second", () => {
    const figures = [measured("tokens", "smollm2:135m", "perSecond", 50)];
    const { cost } = blocks(results([result("B11", { figures })]));
    // 50 tokens/s × 3600 × 730 h × half the time ÷ 100 tokens.
    expect(cost).toContain("657,000");
    expect(cost).toContain("0.0015 × the machine's monthly price");
  });

  it("the peers stand beside ours of the same size, with both dates", () => {
    const figures = [measured("up", "ours", "s", 11, 50), measured("refresh", "ours", "s", 1.8, 50)];
    const { peers } = blocks(results([result("B5", { figures })]));
    expect(peers).toMatch(/\*\*this package\*\*, whole commands +\| +50 \| +11.00 \| +– \| +1.80 \| +– \|/);
    expect(peers).toContain("Peers: 2026-11-22");
    expect(peers).toContain("Ours: 2026-11-23, OpenSearch 3.6.0: compare");
  });

  it("a case tells when, against which server and on what it was measured, whatever the last run's", () => {
    const figures = [measured("up", "ours", "s", 11, 50)];
    const elsewhere = { figures, opensearch: "3.4.0", processor: "EPYC", startedAt: "2026-11-25T02:00:00.000Z" };
    const page = blocks(results([result("B5", elsewhere), result("B8", { figures, opensearch: undefined })]));
    expect(page.B5).toContain(". 2026-11-25, OpenSearch 3.4.0, EPYC, load 0.1 before, 0.4 after.");
    expect(page.B8).toContain(". 2026-11-23, load 0.1 before, 0.4 after.");
    expect(page.peers).toContain("Ours: 2026-11-25, OpenSearch 3.4.0, EPYC: compare");
  });
});

describe("plots", () => {
  it("nothing measured draws nothing", () => {
    expect(plots(results([]))).toStrictEqual({});
  });

  it("a plot is an SVG on a white card, with its title, its numbers and no script", async () => {
    const cases = [
      result("B1", { figures: [measured("chat chain", "ours", "ms", 430), measured("chat chain", "bare", "ms", 420)] }),
    ];
    const spec = plots(results(cases))["chat-chain"];
    if (spec === undefined) throw new Error("the chat chain is drawn");
    const svg = await toSvg(spec);
    expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(svg).toContain('fill="white"');
    expect(svg).toContain("The chat chain: settings, group, connector, model deployed");
    expect(svg).toContain("0.43 s");
    expect(svg).not.toContain("<script");
  });
});
