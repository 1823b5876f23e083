import { COLUMNS, type Column, type PartResult, type Trial } from "./findings";

const columns = Object.keys(COLUMNS) as Column[];

/** Number of trials with a finding, by column. */
export function counts(trials: readonly Trial[]): Record<Column, number> {
  const has = (trial: Trial, column: Column) => trial.findings.some((finding) => finding.column === column);
  const entries = columns.map((column) => [column, trials.filter((trial) => has(trial, column)).length]);
  return Object.fromEntries(entries) as Record<Column, number>;
}

/** A row per part: number of trials, and of those with each kind of finding. */
export function table(results: readonly PartResult[]): string {
  const head = [
    "kind of trial",
    "trials",
    ...columns.map((column) => COLUMNS[column]),
    "second try",
    "next up found it",
    "ran through",
    "seconds",
  ];
  const rows = results.map(({ title, trials, seconds }) => [
    title,
    String(trials.length),
    ...Object.values(counts(trials)).map(String),
    String(trials.filter(({ again }) => again > 0).length),
    String(trials.filter(({ later }) => later).length),
    String(trials.filter(({ missed }) => missed).length),
    String(Math.round(seconds)),
  ]);
  const widths = head.map((cell, i) => Math.max(cell.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(" | ")} |`;
  const rule = `| ${widths.map((width, i) => (i === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)).join(" | ")} |`;
  return [line(head), rule, ...rows.map(line)].join("\n");
}

/** A trial with findings, and the command that repeats it. */
export function failure(part: string, trial: Trial): string {
  const found = trial.findings.map(({ column, text }) => `    ${COLUMNS[column]}: ${text}`);
  const replay = `    npm run test:chaos -- --replay ${part}:${trial.seed}`;
  return [`  ${trial.story}`, ...found, replay].join("\n");
}

const MARKED = /(<!-- chaos:table -->)[\s\S]*?(<!-- \/chaos:table -->)/;

/** Inserts the table into the page. */
export function withTable(page: string, text: string): string {
  if (!MARKED.test(page)) throw new Error("The page has no <!-- chaos:table --> … <!-- /chaos:table -->.");
  return page.replace(MARKED, (_, start: string, end: string) => `${start}\n\n${text}\n\n${end}`);
}
