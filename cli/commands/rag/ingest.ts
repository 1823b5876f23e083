import type { SkippedFile } from "../../../rag/documents";
import { type IngestReport, ingest } from "../../../rag/ingest";
import type { IndexedDocument } from "../../../rag/ingest-plan";
import type { CommonFlags } from "../../access/find-access";
import { ExitCode } from "../../failure";
import type { Output } from "../../output";
import type { Session } from "../../session";
import { harmlessName } from "../../terminal/harmless";
import { withWaiting } from "../../terminal/waiting";
import { embeddingModelOf, findIndex } from "./find-index";
import { startProgress } from "./progress";

export interface IngestFlags extends CommonFlags {
  readonly keep?: boolean;
  readonly replace?: boolean;
  readonly as?: string;
  readonly batchSize: number;
}

const LINES_SHOWN = 10;

/** `ollama-chat rag ingest`. */
export async function ingestFolder(session: Session, folder: string, flags: IngestFlags): Promise<void> {
  const output = session.output(flags);
  const access = await withWaiting(output, "looking for the servers", () => session.access(flags));
  const { server, index } = await findIndex(access);
  const embeddingModelId = embeddingModelOf(access, index);
  const others = flags.keep ? "keep" : flags.replace ? "replace" : "mirror";
  const progress = startProgress(output, `passages of ${folder} into ${index.name}`);
  let report: IngestReport;
  try {
    const { batchSize } = flags;
    report = await ingest({
      server,
      index,
      embeddingModelId,
      folder,
      root: flags.as,
      others,
      batchSize,
      onProgress: ({ done, total, source }) => progress.show(done, total, harmlessName(source)),
    });
  } finally {
    progress.stop();
  }
  tell(output, report, index.name);
  if (report.failures.length > 0) session.exitCode = ExitCode.failed;
}

function tell(output: Output, report: IngestReport, index: string): void {
  const { files, unchanged, skipped, otherKinds, staying, passages, written, removed, failures, seconds } = report;
  const passagesPerSecond = written === 0 ? null : Math.round((written / seconds) * 10) / 10;
  const json = {
    index,
    files,
    unchanged,
    skipped: skipped.map(({ source, reason }) => ({ source, reason })),
    otherKinds,
    staying: staying.map(({ root = null, source }) => ({ root, source })),
    passages,
    written,
    removed,
    failures,
    seconds: Math.round(seconds * 100) / 100,
    passagesPerSecond,
  };
  list(
    output,
    "skipped",
    skipped.map((file: SkippedFile) => `${file.source}: ${file.reason}`),
  );
  const kinds = Object.entries(otherKinds).map(([ending, number]) => `${number} ${ending}`);
  if (kinds.length > 0) list(output, "not read", [`files of other kinds: ${kinds.join(", ")}`]);
  list(output, "staying", stayingLines(staying));
  list(
    output,
    "refused",
    failures.map(({ source, position, reason }) => `${source}, passage ${position}: ${reason}`),
  );
  output.result(json, () => {
    const speed = passagesPerSecond === null ? "" : `, ${passagesPerSecond} passages/s`;
    const parts = [
      `${count(files, "file")} (${unchanged} unchanged, ${skipped.length} skipped)`,
      `${count(passages, "passage")} (${written} written, ${removed} removed)`,
      `${seconds.toFixed(1)} s${speed}`,
    ];
    // Too long for one line on most terminals, so the time gets its own.
    const [what, time] = [parts.slice(0, 2).join(" · "), parts[2] ?? ""];
    return output.columns === undefined ? `${index}: ${what} · ${time}` : `${index}: ${what}\n${time}`;
  });
}

/** A line for each other folder whose documents stay, and how to remove documents without a folder. */
function stayingLines(staying: readonly IndexedDocument[]): string[] {
  const roots = new Map<string | undefined, number>();
  for (const { root } of staying) roots.set(root, (roots.get(root) ?? 0) + 1);
  return [...roots].map(([root, number]) =>
    root === undefined
      ? `${count(number, "document")} of an earlier release, which did not store their folder; --replace removes what is not in this folder`
      : `${count(number, "document")} of ${root}`,
  );
}

function list(output: Output, what: string, lines: readonly string[]): void {
  for (const line of lines.slice(0, LINES_SHOWN))
    output.note(`${output.noteStyle("yellow", `${what}:`)} ${harmlessName(line)}`);
  if (lines.length > LINES_SHOWN) output.note(`  and ${lines.length - LINES_SHOWN} more; --json lists all of them`);
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
