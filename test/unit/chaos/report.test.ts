import { describe, expect, it } from "vitest";
import type { PartResult, Trial } from "../../chaos/findings";
import { counts, failure, table, withTable } from "../../chaos/report";

const clean: Trial = { seed: 1, story: "up, then destroy", findings: [], again: 0, later: false };
const bad: Trial = {
  seed: 2,
  story: "first up killed, then destroy",
  findings: [
    { column: "orphaned", text: "Connector a is left" },
    { column: "orphaned", text: "Connector b is left" },
    { column: "secret", text: "the state shows x" },
  ],
  again: 1,
  later: true,
};
const results: readonly PartResult[] = [{ part: "kills", title: "kills", trials: [clean, bad], seconds: 3.4 }];

describe("the report of npm run test:chaos", () => {
  it("counts trials and not findings", () => {
    expect(counts([clean, bad])).toMatchObject({ stuck: 0, orphaned: 1, secret: 1 });
  });

  it("has a row a part and a column for each thing that can be found", () => {
    const [head, rule, row] = table(results).split("\n");
    const cells = (line = "") =>
      line
        .split("|")
        .map((cell) => cell.trim())
        .filter(Boolean);
    expect(cells(head)).toEqual([
      "kind of trial",
      "trials",
      "stuck",
      "orphaned",
      "duplicated",
      "differs",
      "settings lost",
      "neighbour harmed",
      "secret seen",
      "modelId changed",
      "second try",
      "next up found it",
      "ran through",
      "seconds",
    ]);
    expect(rule).toMatch(/^\| -+ \| (-+: \| ?)+$/);
    expect(cells(row)).toEqual(["kills", "2", "0", "1", "0", "0", "0", "0", "1", "0", "1", "1", "0", "3"]);
  });

  it("tells of a trial what it did, what it found, and how to play it again", () => {
    expect(failure("kills", bad)).toBe(
      [
        "  first up killed, then destroy",
        "    orphaned: Connector a is left",
        "    orphaned: Connector b is left",
        "    secret seen: the state shows x",
        "    npm run test:chaos -- --replay kills:2",
      ].join("\n"),
    );
  });

  it("is put between the markers of a page, in place of what stood there", () => {
    const page = "before\n<!-- chaos:table -->\nold\n<!-- /chaos:table -->\nafter";
    expect(withTable(page, "new")).toBe("before\n<!-- chaos:table -->\n\nnew\n\n<!-- /chaos:table -->\nafter");
    expect(() => withTable("no markers", "new")).toThrow("The page has no <!-- chaos:table -->");
  });
});
