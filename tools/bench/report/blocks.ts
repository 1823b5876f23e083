import type { CaseResult, Figure, Results } from "../results";
import { costBlock } from "./cost";
import { measuredText, occasion, targetText, verdictText } from "./format";
import { peersBlock } from "./peers-table";
import { table } from "./table";

/** Every generated block of the page, by the name of its marker. */
export function blocks(results: Results): Record<string, string> {
  const cases = new Map(results.cases.map((each) => [each.id, each]));
  const perCase = CASES.map((id) => [id, caseBlock(cases.get(id))] as const);
  return {
    machine: machineBlock(results),
    targets: targetsBlock(results),
    cost: costBlock(cases.get("B11")),
    peers: peersBlock(results),
    ...Object.fromEntries(perCase),
  };
}

const CASES = ["B1", "B2", "B3", "B4", "B4b", "B5", "B6", "B7", "B8", "B9", "B11"];

function machineBlock({ machine, versions, runs, endedAt, cases }: Results): string {
  const minutes = Math.round(cases.reduce((sum, { seconds }) => sum + seconds, 0) / 60);
  const gibibytes = (machine.memoryBytes / 1024 ** 3).toFixed(0);
  const starts = cases.map(({ startedAt }) => startedAt).sort();
  const loads = cases.flatMap(({ loadBefore, loadAfter }) => [loadBefore, loadAfter]);
  const rows = [
    ["Date", `${minute(starts[0] ?? endedAt)} to ${minute(endedAt)} UTC`],
    ["Machine", `${machine.processor}, ${machine.cores} cores, ${gibibytes} GiB, ${machine.system}`],
    [
      "Versions",
      Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(", "),
    ],
    ["Runs of each side", `${runs}`],
    ["Time of all cases", `${minutes} min`],
    ["Load average", `${Math.min(...loads)} to ${Math.max(...loads)}, most of it made by the measurement itself`],
  ];
  return table(["", ""], rows);
}

function minute(time: string): string {
  return time.slice(0, 16).replace("T", " ");
}

function targetsBlock({ cases }: Results): string {
  const rows = cases.flatMap(({ id, verdicts, opensearch, error }) => {
    const lines = verdicts.map((verdict) => {
      const { name, met, target } = verdict;
      const outcome = target === undefined ? "–" : met ? "met" : "**missed**";
      return [id, name, verdictText(verdict), targetText(verdict), outcome, opensearch ?? ""];
    });
    return error === undefined
      ? lines
      : [...lines, [id, `not measured to the end: ${firstLine(error)}`, "", "", "", ""]];
  });
  return table(["", "what", "measured", "target", "", "OpenSearch"], rows);
}

function caseBlock(found: CaseResult | undefined): string {
  if (found === undefined) return "Not measured yet.";
  const { title, figures, notes, loadBefore, loadAfter, error } = found;
  return [
    `${title}. ${occasion(found)}, load ${loadBefore} before, ${loadAfter} after.`,
    figures.length === 0 ? "" : figuresTable(figures),
    ...notes,
    ...(error === undefined ? [] : [`**Not measured to the end:** ${firstLine(error)}`]),
  ]
    .filter(Boolean)
    .join("\n\n");
}

/** One row for what was done at which size, one column a side. */
function figuresTable(figures: readonly Figure[]): string {
  const sides = [...new Set(figures.map(({ side }) => side))];
  const keys = [...new Map(figures.map((each) => [`${each.what}\n${each.at}`, each])).values()];
  const hasSizes = figures.some(({ at }) => at !== undefined);
  const rows = keys.map(({ what, at }) => [
    what,
    ...(hasSizes ? [at === undefined ? "" : String(at)] : []),
    ...sides.map((side) => {
      const figure = figures.find((each) => each.what === what && each.at === at && each.side === side);
      return figure === undefined ? "" : measuredText(figure);
    }),
  ]);
  return table(["", ...(hasSizes ? ["N"] : []), ...sides], rows);
}

function firstLine(text: string): string {
  return text.split("\n")[0] ?? "";
}
