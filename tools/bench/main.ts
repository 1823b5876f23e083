import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { packageRoot } from "../toolchain/package-root";
import { endChildrenOnSignals } from "../toolchain/run";
import { readSelection } from "../toolchain/selection";
import type { BenchCase, BenchContext } from "./bench-case";
import { cases } from "./cases";
import { Measured } from "./measured";
import { writePages } from "./report/pages";
import { type CaseResult, merged, type Results, resultsSchema } from "./results";
import { Growth, type GrowthSizes } from "./support/growth";
import { load, machine, versions } from "./support/machine";
import { SharedCluster } from "./support/shared-cluster";

const USAGE = `Usage: npm run bench [-- [case ...] [options]]

  case             B1 … B9, B4b, B11; all of them where none is named

  --runs N         how often each side is measured (5)
  --quick          small sizes and one run, to try the bench itself; writes no results
  --no-write       print only: leave docs/bench and docs/performance.md as they are
  --render         measure nothing; make tables and plots anew from docs/bench/results.json

The toolchain's OpenSearch is started as a process, one node without users and TLS, and stopped at the end; B4 boots its
own in Docker. OLLAMA_CHAT_BENCH_OPENSEARCH names another one to measure on, with OLLAMA_CHAT_OPENSEARCH_USERNAME,
OLLAMA_CHAT_OPENSEARCH_PASSWORD and OLLAMA_CHAT_OPENSEARCH_CA_CERTIFICATE_FILE.`;

const FOLDER = join(packageRoot, "docs", "bench");
const RESULTS = join(FOLDER, "results.json");

const SIZES: GrowthSizes = { all: [1, 10, 50, 200], bare: 50, memory: 200 };
const QUICK_SIZES: GrowthSizes = { all: [1, 10], bare: 10, memory: 10 };

interface Options {
  readonly chosen: readonly BenchCase[];
  readonly runs: number;
  readonly quick: boolean;
  readonly write: boolean;
  readonly render: boolean;
}

function readOptions(args: string[]): Options | string {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    allowNegative: true,
    options: {
      runs: { type: "string" },
      quick: { type: "boolean", default: false },
      write: { type: "boolean", default: true },
      render: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return USAGE;
  const unknown = positionals.filter((id) => !cases.some((each) => each.id.toLowerCase() === id.toLowerCase()));
  if (unknown.length > 0) return `There is no case ${unknown.join(", ")}.\n\n${USAGE}`;
  const runs = Number(values.runs ?? (values.quick ? 1 : 5));
  if (!Number.isInteger(runs) || runs < 1)
    return `--runs ${values.runs}: give a whole number of 1 or more.\n\n${USAGE}`;
  const named = new Set(positionals.map((id) => id.toLowerCase()));
  const chosen = cases.filter(({ id }) => named.size === 0 || named.has(id.toLowerCase()));
  return { chosen, runs, quick: values.quick, write: values.write && !values.quick, render: values.render };
}

async function main(args: string[]): Promise<number> {
  const options = readOptions(args);
  if (typeof options === "string") {
    console.log(options);
    return options === USAGE ? 0 : 2;
  }
  const earlier = readResults();
  if (options.render) {
    if (earlier === undefined) throw new Error(`There are no results in ${RESULTS}: run npm run bench first.`);
    await writePages(earlier, FOLDER);
    return 0;
  }
  const now = await measure(options);
  if (options.write) {
    const all = merged(earlier, now);
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(RESULTS, `${JSON.stringify(all, undefined, 2)}\n`);
    await writePages(all, FOLDER);
  }
  return summary(now);
}

async function measure({ chosen, runs, quick }: Options): Promise<Results> {
  const toolchain = readSelection();
  if (toolchain === undefined) throw new Error("The bench runs under the toolchain only: npm run bench.");
  const startedAt = new Date().toISOString();
  const results: CaseResult[] = [];
  const shared = new SharedCluster(toolchain, console.log);
  const growth = new Growth(quick ? QUICK_SIZES : SIZES, runs, shared, console.log);
  try {
    for (const each of chosen) {
      const say = (line: string) => console.log(`${each.id}  ${line}`);
      // So that its boot is in no case's time; if it fails, the case tells why.
      if (!each.bootsItsOwn) await shared.open().catch(() => undefined);
      results.push(await runCase(each, { runs, quick, toolchain, shared, growth, say }));
    }
  } finally {
    await shared.stop();
  }
  return {
    v: 1,
    machine: machine(),
    versions: await versions(),
    runs,
    quick,
    startedAt,
    endedAt: new Date().toISOString(),
    cases: results,
  };
}

/** A case that fails is reported with what it has measured until then; the others go on. */
async function runCase(each: BenchCase, context: BenchContext): Promise<CaseResult> {
  const { id, title } = each;
  const measured = new Measured();
  const started = performance.now();
  const before = { startedAt: new Date().toISOString(), processor: machine().processor, loadBefore: load() };
  context.say(`${title} (load ${before.loadBefore})`);
  let opensearch: string | undefined;
  let error: string | undefined;
  try {
    opensearch = await each.run(context, measured);
  } catch (problem) {
    error = problem instanceof Error ? problem.message : String(problem);
  }
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  const result = { id, title, ...before, seconds, loadAfter: load(), opensearch, ...pickMeasured(measured), error };
  for (const line of lines(result)) context.say(line);
  return result;
}

function pickMeasured({ figures, verdicts, notes }: Measured) {
  return { figures, verdicts, notes };
}

function lines({ figures, verdicts, notes, error, seconds, loadAfter, opensearch }: CaseResult): string[] {
  return [
    ...figures.map(({ what, side, at, unit, median, min, max, samples }) => {
      const size = at === undefined ? "" : ` at ${at}`;
      return `  ${what}${size}, ${side}: ${median} ${unit} (${min}-${max}, ${samples.length} runs)`;
    }),
    ...verdicts.map(({ name, value, target, met }) => {
      const wanted = target === undefined ? "" : `, ${met ? "met" : "MISSED"}: ${target.is} ${target.value}`;
      return `  => ${name}: ${value}${wanted}`;
    }),
    ...notes.map((note) => `  ${note}`),
    ...(error === undefined ? [] : [`  FAILED: ${error}`]),
    `  took ${seconds} s, load ${loadAfter}${opensearch === undefined ? "" : `, OpenSearch ${opensearch}`}`,
  ];
}

function summary({ cases: ran }: Results): number {
  const failed = ran.filter(({ error }) => error !== undefined).map(({ id }) => id);
  const missed = ran.flatMap(({ id, verdicts }) => verdicts.filter(({ met }) => met === false).map(() => id));
  const seconds = Math.round(ran.reduce((sum, each) => sum + each.seconds, 0));
  console.log(`\n${ran.length} cases in ${Math.floor(seconds / 60)} min ${seconds % 60} s.`);
  if (missed.length > 0) console.log(`Targets missed in ${[...new Set(missed)].join(", ")}.`);
  if (failed.length > 0) console.log(`Not measured to the end: ${failed.join(", ")}.`);
  return failed.length > 0 ? 1 : 0;
}

function readResults(): Results | undefined {
  try {
    return resultsSchema.parse(JSON.parse(readFileSync(RESULTS, "utf8")));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

endChildrenOnSignals();
main(process.argv.slice(2)).then(
  (exitCode) => {
    process.exitCode = exitCode;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
