import { readFileSync, writeFileSync } from "node:fs";
import { type RecallRow, WAYS, type WayToRetrieve } from "./measure";
import type { RecallResults } from "./results";

const BEGIN = "<!-- recall: written by npm run recall -->";
const END = "<!-- end of recall -->";
const NAMES = { bm25: "by words (`bm25`)", dense: "by meaning (`dense`)", hybrid: "both, fused (`hybrid`)" } as const;
const RANKED_BY = { cluster: "the cluster", client: "`ollama-chat`" } as const;

/** The figures as Markdown. */
export function recallPage(results: RecallResults): string {
  const { corpus, threshold, versions, machine, load, measuredAt } = results;
  const { report } = threshold;
  return [
    `Measured on ${measuredAt.slice(0, 10)} over ${corpus.files} documents (${corpus.passages} passages), with the questions of the set \`report\`. ${versionList(versions)}; ${machine.processor}, ${machine.cores} cores, at a load of ${load.before.toFixed(1)} to ${load.after.toFixed(1)}. The time is that of one retrieval, the question's vector included.`,
    "",
    "| retrieval | ranked by | questions | recall@1 | recall@3 | MRR | time |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...WAYS.flatMap((way) => (["literal", "paraphrased", "both"] as const).map((kind) => line(results, way, kind))),
    "",
    `With the threshold ${report.threshold}, chosen by the other set: of the questions that the documents answer ${percent(report.kept)} reach the model, of those that they do not ${percent(report.refused)} are refused.`,
  ].join("\n");
}

function line({ rows, times }: RecallResults, way: WayToRetrieve, kind: RecallRow["kind"]): string {
  const isOf = ({ retrieval, by }: WayToRetrieve) => retrieval === way.retrieval && by === way.by;
  const row = rows.find((each) => isOf(each) && each.kind === kind && each.set === "report");
  const time = times.find(isOf);
  if (row === undefined || time === undefined)
    throw new Error(`There are no figures for ${way.retrieval} and ${kind}.`);
  const figures = [row.recallAt1, row.recallAt3, row.meanReciprocalRank].map((figure) => figure.toFixed(2));
  const names = kind === "literal" ? [NAMES[way.retrieval], RANKED_BY[way.by]] : ["", ""];
  const asked = `${kind === "both" ? "all" : kind} (${row.questions})`;
  return `| ${[...names, asked, ...figures, kind === "both" ? `${time.milliseconds} ms` : ""].join(" | ")} |`;
}

/** Puts the figures between the markers of a page; the page without markers is an error. */
export function writeRecallPage(file: string, results: RecallResults): void {
  const page = readFileSync(file, "utf8");
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`${file} has no place for the figures: ${BEGIN} … ${END}`);
  const before = page.slice(0, begin + BEGIN.length);
  writeFileSync(file, `${before}\n\n${recallPage(results)}\n\n${page.slice(end)}`);
}

function versionList(versions: Readonly<Record<string, string>>): string {
  return Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(", ");
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
