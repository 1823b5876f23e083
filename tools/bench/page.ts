import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../toolchain/package-root";
import type { Results, Row, Unit } from "./results";
import { median } from "./turns";

const NOT_MEASURED = "Not measured yet.";

/** Writes every number of the pages: none is typed by hand. `docs/` is the pages' folder. */
export function writePages(results: Results, folder = join(packageRoot, "docs")): void {
  for (const [name, blocks] of Object.entries(pageBlocks(results))) {
    const file = join(folder, name);
    writeFileSync(file, fillMarkers(readFileSync(file, "utf8"), blocks));
  }
}

/** The generated blocks of each page, by the names of their markers. */
export function pageBlocks(results: Results): Record<string, Record<string, string>> {
  const detail = results.cases.find(({ id }) => id === "retrieval")?.detail;
  return {
    "performance.md": { rows: rowsTable(results), machine: machineTable(results) },
    "rag.md": { retrieval: detail === undefined ? NOT_MEASURED : table(detail.head, detail.rows) },
  };
}

function rowsTable({ cases }: Results): string {
  if (cases.length === 0) return NOT_MEASURED;
  const rows = cases.flatMap(({ rows: measured, error }) => [
    ...measured.map((row) => [
      row.what,
      summary(row.samples, row.unit),
      row.beside.map(({ name, samples }) => `${name}: ${summary(samples, row.unit)}`).join(", "),
      row.beside.length === 0 ? "" : quotient(row).toFixed(2),
      limit(row),
      isDue(row) ? "**yes**" : "no",
    ]),
    ...(error === undefined ? [] : [[`not measured to the end: ${error.split("\n")[0]}`, "", "", "", "", ""]]),
  ]);
  return table(["what", "measured", "beside", "quotient", "act when", "due"], rows);
}

function machineTable({ versions, cases }: Results): string {
  if (cases.length === 0) return NOT_MEASURED;
  const pairs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const rows = cases.map(({ id, startedAt, machine, load, seconds, rows: measured }) => [
    id,
    String(measured[0]?.samples.length ?? 0),
    `${startedAt.slice(0, 16).replace("T", " ")} UTC`,
    machine,
    load.map((each) => each.toFixed(1)).join(" to "),
    figure(seconds / 60, "min"),
  ]);
  return `${table(["case", "runs", "measured", "machine", "load", "took"], rows)}\n\n${pairs.join(", ")}.`;
}

/** Whether a user should act on this row by what was measured. */
export function isDue(row: Row): boolean {
  const { on, is, limit: at } = row.act;
  const value = on === "value" ? median(row.samples) : quotient(row);
  return is === "above" ? value > at : value < at;
}

/** The median over the sum of the medians that stand beside it. */
function quotient({ samples, beside }: Row): number {
  return median(samples) / beside.reduce((sum, each) => sum + median(each.samples), 0);
}

function limit({ act: { on, is, limit: at, advice }, unit }: Row): string {
  return `${is} ${on === "value" ? figure(at, unit) : `${at} times`}: ${advice}`;
}

/** Median, and in brackets the smallest and the largest of several samples. */
function summary(samples: readonly number[], unit: Unit): string {
  const of = figure(median(samples), unit);
  if (samples.length === 1) return of;
  return `${of} (${figure(Math.min(...samples), unit)} – ${figure(Math.max(...samples), unit)})`;
}

/** A number with its unit, in as many digits as a reader can use. */
export function figure(value: number, unit: Unit | "min"): string {
  if (unit === "share") return `${Math.round(value * 100)} %`;
  if (unit === "bytes") return `${Math.round(value / 1024 ** 2)} MiB`;
  if (unit === "s" && value >= 120) return figure(value / 60, "min");
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ${unit}`;
}

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/**
 * Puts each block between its markers, `<!-- bench:name -->` and `<!-- /bench:name -->`, in place of what stood there.
 *
 * @throws Error for a marker without a block and a block without a marker: either would leave a stale number.
 */
export function fillMarkers(text: string, blocks: Readonly<Record<string, string>>): string {
  const filled = new Set<string>();
  const page = text.replace(/<!-- bench:(\S+) -->[\s\S]*?<!-- \/bench:\1 -->/g, (_, name: string) => {
    const block = blocks[name];
    if (block === undefined) throw new Error(`The page has a marker bench:${name}, which nothing fills.`);
    filled.add(name);
    return `<!-- bench:${name} -->\n\n${block}\n\n<!-- /bench:${name} -->`;
  });
  const left = Object.keys(blocks).filter((name) => !filled.has(name));
  if (left.length > 0) throw new Error(`The page has no marker for ${left.join(", ")}.`);
  return page;
}
