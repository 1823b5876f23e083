import type { Output } from "../../output";
import { harmless } from "../../terminal/harmless";
import { displayWidth } from "../../terminal/width";
import type { Status } from "./check";
import type { CheckResult } from "./run-checks";

/** Width of results that do not go to a terminal, but to logs, mails or issues. */
const USUAL_COLUMNS = 80;
const TITLE_COLUMNS = 22;
/** More skipped checks in a row than this, with the same reason, become one line. */
const FEW = 2;

const MARKS = { ok: "✔", warn: "▲", fail: "✖", skipped: "·" } as const satisfies Record<Status, string>;
/** Without a terminal: words that are easy to search for. */
const WORDS = { ok: "ok  ", warn: "warn", fail: "FAIL", skipped: "-   " } as const satisfies Record<Status, string>;
const COLOURS = { ok: "green", warn: "yellow", fail: "red", skipped: "dim" } as const;

/** The results as text: a line each, problems with cause and fix, and a summary at the end. */
export function rendered(results: readonly CheckResult[], output: Output): string {
  const columns = output.columns ?? USUAL_COLUMNS;
  const groups = [...new Set(results.map(({ group }) => group))];
  const lines = groups.flatMap((group) => [
    output.style("bold", group),
    ...blocksOf(results.filter((result) => result.group === group)).flatMap((block) =>
      blockLines(block, output, columns),
    ),
    "",
  ]);
  return [...lines, countOf(results, output), ...offerOf(results).flatMap((offer) => folded(offer, columns))].join(
    "\n",
  );
}

/** Groups neighbours that were skipped for the same reason. */
function blocksOf(results: readonly CheckResult[]): CheckResult[][] {
  const blocks: CheckResult[][] = [];
  for (const result of results) {
    const last = blocks.at(-1);
    const joins = result.status === "skipped" && last?.[0]?.status === "skipped" && last[0].seen === result.seen;
    if (joins) last.push(result);
    else blocks.push([result]);
  }
  return blocks.flatMap((block) => (block.length > FEW ? [block] : block.map((one) => [one])));
}

function blockLines([first, ...more]: readonly CheckResult[], output: Output, columns: number): string[] {
  if (first === undefined) return [];
  const title = more.length === 0 ? first.title : `${more.length + 1} checks skipped`;
  const terminal = output.columns !== undefined;
  const mark = output.style(COLOURS[first.status], terminal ? MARKS[first.status] : WORDS[first.status]);
  const lead = `  ${mark} `;
  const leadWidth = terminal ? 4 : 7;
  const indent = leadWidth + TITLE_COLUMNS;
  const faint = first.status === "skipped";
  const paint = (text: string) => (faint ? output.style("dim", text) : text);
  const [line = "", ...rest] = folded(harmless(first.seen), columns - indent);
  const head = `${lead}${paint(title.padEnd(TITLE_COLUMNS))}${paint(line)}`.trimEnd();
  return [
    head,
    ...rest.map((text) => " ".repeat(indent) + paint(text)),
    ...adviceLines(first, output, columns, leadWidth),
  ];
}

function adviceLines({ cause, fix, fixed }: CheckResult, output: Output, columns: number, lead: number): string[] {
  const labelled = (label: string, text: string) => {
    const indent = " ".repeat(lead + label.length + 1);
    const [line = "", ...rest] = folded(text, columns - indent.length);
    return [`${" ".repeat(lead)}${output.style("bold", label)} ${line}`, ...rest.map((one) => indent + one)];
  };
  if (fixed) return labelled("fixed:", "doctor has repaired it.");
  if (cause === undefined || fix === undefined) return [];
  return [...labelled("cause:", cause), ...labelled("fix:  ", fix)];
}

function countOf(results: readonly CheckResult[], output: Output): string {
  const count = (status: Status) => results.filter((result) => result.status === status).length;
  const warnings = count("warn");
  const parts = [
    output.style("green", `${count("ok")} ok`),
    warnings > 0 ? output.style("yellow", `${warnings} ${warnings === 1 ? "warning" : "warnings"}`) : "",
    count("fail") > 0 ? output.style("red", `${count("fail")} wrong`) : "",
    count("skipped") > 0 ? output.style("dim", `${count("skipped")} skipped`) : "",
  ];
  return `${results.length} checks: ${parts.filter((part) => part !== "").join(", ")}.`;
}

/** What `--fix` would do, unless it was just done. */
function offerOf(results: readonly CheckResult[]): string[] {
  const actions = [...new Set(results.flatMap(({ repair }) => repair?.action ?? []))];
  return actions.length === 0 ? [] : [`With --fix, doctor will ${actions.join(", and ")}.`];
}

/** Spaces, except those between a number and its unit. */
const GAP = /\s+(?!(?:ms|s|min|GB|MB|%)\b)/;

/** Wraps a text between words. */
export function folded(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(GAP)) {
    const last = lines.at(-1);
    if (last !== undefined && displayWidth(last) + 1 + displayWidth(word) <= columns)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
